// The network and strategies in the core: all of a change or nothing, versions that never change, and a log that tells
// the same state again.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { api } from '#data/contracts'
import { type CoreState, defaultStrategy, emptyState, evolve, newestStrategy } from '#orchestrator/core'
import { changesOf } from '../../../orchestrator/core/changes.ts'
import { stateCodec } from '../../../orchestrator/core/codec.ts'
import { anyNetwork } from '../network/any-network.ts'
import { samplePut } from '../network/sample.ts'
import { node, Sandbox } from './setting.ts'

const lists = ['nodes', 'groups', 'calendars', 'carriers', 'services', 'lanes', 'rateCards'] as const

const draft = (strategyId: string, more: Partial<api.StrategyDraft> = {}): api.StrategyDraft => {
  const { version: _, publishedAt: __, publishedBy: ___, ...rest } = defaultStrategy
  return { ...rest, strategyId, ...more }
}
const change = (body: api.NetworkChange) => ({ change: body, by: 'x' })

describe('the network in the core', () => {
  test('is what was put, in order of ids, and its version counts real changes only', () => {
    const box = new Sandbox()
    expect(box.run('ChangeNetwork', change({ put: samplePut }))).toMatchObject({ events: [{}, {}, {}] })
    expect(box.state.network).toEqual({ version: 1, document: samplePut })
    expect(box.run('ChangeNetwork', change({ put: samplePut })).events).toEqual([])
    const groups = [{ groupId: 'east', name: 'East' }]
    box.run('ChangeNetwork', change({ put: { groups }, version: 1 }))
    expect(box.state.network.document.groups.map(({ groupId }) => groupId)).toEqual(['east', 'west'])
    expect(box.state.network.version).toBe(2)
  })

  test('takes any network whose names are all there, and gives it up again', () => {
    fc.assert(
      fc.property(anyNetwork, (network) => {
        const box = new Sandbox()
        const done = box.run('ChangeNetwork', change({ put: network }))
        expect([done.refused, done.answer.details]).toEqual([null, done.answer.details])
        const entries = (document: api.NetworkDocument) =>
          lists.map((list) => new Set<unknown>(document[list]))
        expect(entries(box.state.network.document)).toEqual(entries(network))
        const ids = (list: (typeof lists)[number], id: string) =>
          network[list].map((entry) => (entry as unknown as Record<string, string>)[id] ?? '')
        const remove = {
          ...{ nodes: ids('nodes', 'nodeId'), groups: ids('groups', 'groupId') },
          ...{ calendars: ids('calendars', 'calendarId'), carriers: ids('carriers', 'carrierId') },
          ...{ services: ids('services', 'serviceId'), lanes: ids('lanes', 'laneId') },
          rateCards: ids('rateCards', 'rateCardId'),
        }
        box.run('ChangeNetwork', change({ remove }))
        expect(lists.map((list) => box.state.network.document[list].length)).toEqual(lists.map(() => 0))
        expect(box.events.reduce(evolve, emptyState('main'))).toEqual(box.state)
      }),
      { numRuns: 60 },
    )
  })

  test.each<[string, api.NetworkChange]>([
    ['network_version', { put: { groups: [] }, version: 7 }],
    [
      'reference_unknown',
      { put: { lanes: [{ ...(samplePut.lanes?.[0] as api.NetworkLane), serviceId: 'air' }] } },
    ],
    [
      'reference_unknown',
      { put: { nodes: [{ ...(samplePut.nodes?.[1] as api.NetworkNode), calendarId: 'none' }] } },
    ],
    ['still_referenced', { remove: { groups: ['west'] } }],
    ['still_referenced', { remove: { carriers: ['SwiftPost'] } }],
    ['duplicate_id', { put: { groups: [0, 1].map(() => ({ groupId: 'g', name: '' })) } }],
    ['id_missing', { put: { groups: [{ groupId: '', name: '' }] } }],
    [
      'number_invalid',
      { put: { nodes: [{ ...(samplePut.nodes?.[1] as api.NetworkNode), unitCostCents: -1 }] } },
    ],
    ['number_invalid', { put: { nodes: [{ ...(samplePut.nodes?.[1] as api.NetworkNode), latitude: 91 }] } }],
    [
      'number_invalid',
      { put: { rateCards: [{ ...(samplePut.rateCards?.[0] as api.RateCard), factor: Number.NaN }] } },
    ],
  ])('refuses with %s and changes nothing', (reason, body) => {
    const box = new Sandbox()
    box.run('ChangeNetwork', change({ put: samplePut }))
    const before = box.state
    expect(box.run('ChangeNetwork', change(body))).toMatchObject({ refused: reason })
    expect(box.state).toBe(before)
  })

  test('lets go of a thing together with all that names it', () => {
    const box = new Sandbox()
    box.run('ChangeNetwork', change({ put: samplePut }))
    const nodes = (samplePut.nodes ?? []).map((each) => ({ ...each, groupIds: [] }))
    const done = box.run('ChangeNetwork', change({ put: { nodes }, remove: { groups: ['west'] } }))
    expect(done).toMatchObject({ answer: { details: { version: 2, put: 1, removed: 1 } } })
  })

  test('keeps nodes that files tell of as they are', () => {
    const box = new Sandbox()
    box.run('DefineNodes', { nodes: [node('A')] })
    const own = { ...(samplePut.nodes?.[1] as api.NetworkNode), nodeId: node('A').nodeId, name: 'Other' }
    box.run('ChangeNetwork', change({ put: { nodes: [own] } }))
    expect(box.state.nodes.get(own.nodeId)).toEqual(node('A'))
  })

  test('does not grow without end', () => {
    const box = new Sandbox()
    const groups = Array.from({ length: 20_001 }, (_, i) => ({ groupId: `g${i}`, name: '' }))
    expect(box.run('ChangeNetwork', change({ put: { groups } }))).toMatchObject({ refused: 'too_large' })
  })

  test('is told as a change of the network and of nodes', () => {
    const kinds = changesOf('ChangeNetwork', change({}), 1).map(({ kind }) => kind)
    expect(kinds).toEqual(['network', 'node'])
    expect(changesOf('PublishStrategy', { draft: draft('a'), by: 'x' }, 1).map(({ kind }) => kind)).toEqual([
      'network',
    ])
  })

  test('is in snapshots as it is in the state', () => {
    const box = new Sandbox()
    box.run('ChangeNetwork', change({ put: samplePut }))
    box.run('PublishStrategy', { draft: draft('cheap'), by: 'x' })
    const codec = stateCodec<CoreState>()
    const thawer = codec.thaw()
    for (const piece of codec.freeze(box.state)) thawer.take(JSON.parse(JSON.stringify(piece)))
    const { network, strategies } = thawer.done()
    expect({ network, strategies }).toEqual({ network: box.state.network, strategies: box.state.strategies })
  })
})

describe('strategies in the core', () => {
  test('begin with the default', () => {
    expect(emptyState('main').strategies).toEqual({ strategies: [defaultStrategy], rules: [] })
  })

  test('get a next version that leaves the one before as it was', () => {
    const box = new Sandbox()
    const dear = draft('default', { prices: { ...defaultStrategy.prices, splitCents: 900 } })
    expect(box.run('PublishStrategy', { draft: dear, by: 'ann' })).toMatchObject({
      answer: { details: { strategyId: 'default', version: 2 } },
    })
    const { strategies } = box.state.strategies
    expect(strategies.map(({ version }) => version)).toEqual([2, 1])
    expect(strategies[1]).toEqual(defaultStrategy)
    expect(newestStrategy(strategies, 'default')).toMatchObject({ version: 2, publishedBy: 'ann' })
    const same = { ...dear, constraints: dear.constraints.map((each) => ({ ...each })) }
    expect(box.run('PublishStrategy', { draft: same, by: 'bob' })).toMatchObject({
      events: [],
      answer: { details: { version: 2 } },
    })
  })

  test('keep the newest 50 versions of each at hand', () => {
    const box = new Sandbox()
    for (let i = 1; i <= 60; i++) box.run('PublishStrategy', { draft: draft('a', { note: `${i}` }), by: 'x' })
    const own = box.state.strategies.strategies.filter(({ strategyId }) => strategyId === 'a')
    expect([own.length, own[0]?.version, own.at(-1)?.version]).toEqual([50, 60, 11])
    expect(box.run('PublishStrategy', { draft: draft('a'), by: 'x' })).toMatchObject({
      answer: { details: { version: 61 } },
    })
  })

  test.each<[string, Partial<api.StrategyDraft>]>([
    ['reference_unknown', { fallbackId: 'nobody' }],
    ['reference_unknown', { sourceLists: [list('l', ['west'])] }],
    ['fallback_cycle', { fallbackId: 'a' }],
    ['duplicate_id', { sourceLists: [list('l'), list('l')] }],
    ['number_invalid', { prices: { ...defaultStrategy.prices, hourCents: Number.POSITIVE_INFINITY } }],
    ['number_invalid', { weights: { ...defaultStrategy.weights, split: -1 } }],
    ['too_large', { sourceLists: [list('l', [], 'n'.repeat(600_000))] }],
  ])('are refused with %s', (reason, more) => {
    const box = new Sandbox()
    expect(box.run('PublishStrategy', { draft: draft('a', more), by: 'x' })).toMatchObject({
      refused: reason,
    })
  })

  test('never fall back on each other in a ring', () => {
    const box = new Sandbox()
    box.run('PublishStrategy', { draft: draft('a'), by: 'x' })
    box.run('PublishStrategy', { draft: draft('b', { fallbackId: 'a' }), by: 'x' })
    expect(box.run('PublishStrategy', { draft: draft('a', { fallbackId: 'b' }), by: 'x' })).toMatchObject({
      refused: 'fallback_cycle',
      answer: { details: { cycle: ['a', 'b', 'a'] } },
    })
  })

  test('hold the groups they name', () => {
    const box = new Sandbox()
    box.run('ChangeNetwork', change({ put: { groups: [{ groupId: 'west', name: '' }] } }))
    box.run('PublishStrategy', { draft: draft('a', { sourceLists: [list('l', ['west'])] }), by: 'x' })
    const gone = change({ remove: { groups: ['west'] } })
    expect(box.run('ChangeNetwork', gone)).toMatchObject({ refused: 'still_referenced' })
    box.run('PublishStrategy', { draft: draft('a'), by: 'x' })
    expect(box.run('ChangeNetwork', gone)).toMatchObject({ answer: { details: { removed: 1 } } })
  })

  test('are chosen by rules that name what is there', () => {
    const box = new Sandbox()
    const rules = [{ when: 'order.isExpress', strategyId: 'default' }]
    box.run('SetStrategyRules', { rules, by: 'x' })
    expect(box.state.strategies.rules).toEqual(rules)
    const odd = [{ when: 'true', strategyId: 'nobody' }]
    expect(box.run('SetStrategyRules', { rules: odd, by: 'x' })).toMatchObject({
      refused: 'reference_unknown',
    })
    expect(box.run('SetStrategyRules', { rules, by: 'x' })).toMatchObject({ events: [] })
  })
})

describe('a log of before there were networks', () => {
  test('folds to a state with an empty one and the default strategy', () => {
    const state = evolve(emptyState('main'), {
      type: 'NodeDefined',
      data: { node: node('A'), at: 1 },
    })
    expect([state.network.version, state.strategies.strategies]).toEqual([0, [defaultStrategy]])
  })
})

describe('products', () => {
  test('know weight and size, and keep them where nothing newer is told', () => {
    const box = new Sandbox()
    const bare = { sku: 'x', name: 'X', skuClass: null }
    box.run('DefineProducts', { products: [{ ...bare, weightG: 120.5, lengthMm: 30 }] })
    box.run('DefineProducts', { products: [{ ...bare, name: 'Y' }] })
    expect(box.state.products.get('x')).toEqual({ ...bare, name: 'Y', weightG: 120.5, lengthMm: 30 })
    expect(box.run('DefineProducts', { products: [{ ...bare, name: 'Y', weightG: 120.5 }] }).events).toEqual(
      [],
    )
    const odd = [{ ...bare, weightG: Number.NaN }]
    expect(box.run('DefineProducts', { products: odd })).toMatchObject({ refused: 'number_invalid' })
  })
})

function list(
  name: string,
  groupIds: string[] = [],
  nodeId = 'fab:A',
): api.StrategyDraft['sourceLists'][number] {
  return { name, priority: 0, groupIds, nodeIds: [nodeId], nodeTypes: [], priceCents: 0 }
}
