// The network in the dashboard: entries that forms change, rows that people paste, findings and hours in words.

import { describe, expect, test } from 'vitest'
import type { api } from '#data/contracts'
import { columnsOf, offWord, searched } from '../../dashboard/lib/network/columns.ts'
import {
  blankOf,
  differingFields,
  type Entry,
  entriesOf,
  listNames,
  settledNodes,
  untold,
  valueAt,
  withValue,
} from '../../dashboard/lib/network/entries.ts'
import { fieldsOf, missingOf } from '../../dashboard/lib/network/fields.ts'
import { parseBands, parseDates, parseExtraDays } from '../../dashboard/lib/network/paste.ts'
import { groupedFindings, hoursWords, networkSentence } from '../../dashboard/lib/network/words.ts'

const file: api.FileNode = {
  nodeId: 'reno',
  name: 'Reno warehouse',
  type: 'warehouse',
  timeZone: 'America/Los_Angeles',
  country: 'US',
  region: 'NV',
  city: 'Reno',
  postalCode: '89506',
  latitude: 39.53,
  longitude: -119.81,
  cutOff: '15:00',
  dailyCapacity: 200,
  processingCostCents: 210,
  isActive: true,
}
const empty: api.NetworkDocument = {
  nodes: [],
  groups: [],
  calendars: [],
  carriers: [],
  services: [],
  lanes: [],
  rateCards: [],
}
const answer = (change: Partial<api.NetworkAnswer> = {}): api.NetworkAnswer => ({
  version: 1,
  network: empty,
  fileNodes: [],
  findings: [],
  ...change,
})

describe('an entry', () => {
  test.each(listNames)(
    'of %s has a field for everything a form may change, and a new one lacks its id',
    (list) => {
      const blank = blankOf(list)
      const paths = fieldsOf[list].flatMap(({ fields }) => fields.map(({ name }) => name))
      expect(new Set(paths.map((path) => path.split('.')[0]))).toEqual(new Set(Object.keys(blank)))
      for (const path of paths) expect(valueAt(blank, path), path).not.toBeUndefined()
      expect(missingOf(list, (path) => valueAt(blank, path))).toContain('Id')
    },
  )

  test('is changed at a path, and tells in which fields it differs', () => {
    const before: Entry = { ...untold('reno') }
    const after = withValue(withValue(before, 'capacity.ordersPerDay', 40), 'cutOff', '16:30')
    expect(valueAt(after, 'capacity.ordersPerDay')).toBe(40)
    expect(valueAt(before, 'capacity.ordersPerDay')).toBeNull()
    expect(differingFields(before, after).sort()).toEqual(['capacity', 'cutOff'])
  })

  test('of a node counts as files say where the network is silent', () => {
    const own = { ...untold('reno'), cutOff: '16:30' }
    const [node] = settledNodes(answer({ network: { ...empty, nodes: [own] }, fileNodes: [file] }))
    expect(node).toMatchObject({
      name: 'Reno warehouse',
      cutOff: '16:30',
      latitude: 39.53,
      orderCostCents: 210,
    })
    expect(node?.capacity.ordersPerDay).toBe(200)
    const closed = { ...own, isActive: false }
    const [off] = settledNodes(answer({ network: { ...empty, nodes: [closed] }, fileNodes: [file] }))
    expect(off?.isActive).toBe(false)
    expect(settledNodes(answer({ fileNodes: [file] }))).toHaveLength(1)
  })

  test('is found by what is shown of it, and says why it is not used', () => {
    const document = { ...empty, nodes: settledNodes(answer({ fileNodes: [file] })) }
    const among = { document, currency: 'USD' }
    const entries = entriesOf(document, 'nodes')
    expect(searched('nodes', entries, 'nv', among)).toHaveLength(1)
    expect(searched('nodes', entries, 'ohio', among)).toHaveLength(0)
    expect(columnsOf.nodes.map((one) => one.text(entries[0] ?? {}, among))).toContain('$2.10')
    expect(offWord('nodes', { isActive: false }, '2026-11-24')).toBe('Closed')
    expect(offWord('nodes', { isActive: true, activeFrom: '2027-01-01' }, '2026-11-24')).toBe(
      'From 2027-01-01',
    )
    expect(offWord('rateCards', { validUntil: '2026-11-01' }, '2026-11-24')).toBe('Over')
    expect(offWord('nodes', { isActive: true }, '2026-11-24')).toBeNull()
  })
})

describe('pasted rows', () => {
  test('are bands in the order of the table, in kilograms and whole units of money', () => {
    const { rows, problems } = parseBands('*\tUS\t\t0\t2.5\t\t\t$1,004.50\t.\n*\tUS\t\t2.5', 100)
    expect(problems).toEqual(['Row 1: “.” is no number for “Per kg”.'])
    expect(rows).toHaveLength(1)
    const good = parseBands('*\tUS\t\t0\t2.5\t\t\t$1,004.50\t0.2\n', 100).rows
    expect(good).toMatchObject([
      {
        destination: 'US',
        zone: null,
        weightFromG: 0,
        weightToG: 2500,
        distanceToKm: null,
        baseCents: 100450,
      },
    ])
    expect(good[0]?.perKgCents).toBe(20)
  })

  test('say by a first row of names which column is which, in the units of those names', () => {
    const text =
      'origin,destination,weight_from_g,weight_to_g,base_cents\n*,US/CA,0,500,450\n*,US/CA,500,-1,600'
    const { rows, problems } = parseBands(text, 100)
    expect(rows).toMatchObject([{ destination: 'US/CA', weightToG: 500, baseCents: 450 }])
    expect(problems).toEqual(['Row 3: “-1” is no number for “To kg”.'])
    expect(parseBands('', 100)).toEqual({ rows: [], problems: [] })
  })

  test('are days, each once and only such as there are', () => {
    expect(parseDates('2026-12-25\n\n2026-12-25 \n2026-01-01').rows).toEqual(['2026-01-01', '2026-12-25'])
    expect(parseDates('2026-02-30').problems[0]).toContain('is no day')
    expect(parseExtraDays('2026-12-20 09:00-16:00').rows).toEqual([
      { date: '2026-12-20', opens: '09:00', closes: '16:00' },
    ])
    expect(parseExtraDays('2026-12-20 9-16').problems).toHaveLength(1)
  })
})

describe('the network in words', () => {
  const finding = (code: string, id: string): api.NetworkFinding => ({
    code,
    kind: 'nodes',
    id,
    text: `Node ${id} has something.`,
  })

  test('says first what is missing most, then what there is', () => {
    const findings = [finding('node_place_unknown', 'reno'), finding('node_place_unknown', 'dallas')]
    const fileNodes = [file, { ...file, nodeId: 'dallas', isActive: false }]
    expect(networkSentence(answer({ fileNodes, findings }))).toBe(
      '2 nodes have no coordinates. In all there are 2 nodes, 1 of them closed.',
    )
    expect(networkSentence(answer({ fileNodes }))).toBe('2 nodes, 1 of them closed. Nothing is missing.')
    expect(networkSentence(answer())).toContain('There are no nodes yet')
  })

  test('has one sentence for each kind of finding, also for kinds that it does not know', () => {
    const more = {
      ...finding('node_place_unknown', ''),
      text: '40 more are as the 100 named with this code.',
    }
    const groups = groupedFindings([
      finding('new_code', 'a'),
      finding('node_place_unknown', 'b'),
      finding('node_place_unknown', 'c'),
      more,
    ])
    expect(groups.map(({ text }) => text)).toEqual([
      'More than 2 nodes have no coordinates',
      'Node a has something',
    ])
    expect(groups[0]?.ids).toEqual(['b', 'c'])
  })

  test('joins days with the same hours', () => {
    const week = [1, 2, 3, 4, 5].map((day) => ({ day, opens: '08:00', closes: '18:00' }))
    expect(hoursWords(week)).toBe('Mon–Fri 08:00–18:00')
    const saturday = [
      { day: 6, opens: '14:00', closes: '16:00' },
      { day: 6, opens: '09:00', closes: '12:00' },
    ]
    expect(hoursWords([...week, ...saturday])).toBe('Mon–Fri 08:00–18:00, Sat 09:00–12:00 and 14:00–16:00')
    expect(hoursWords([])).toBe('never open')
  })
})
