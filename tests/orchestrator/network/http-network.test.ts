// The network over HTTP: changed as a whole or in parts, never half, never over what somebody else changed meanwhile.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { orderIdOf } from '#data/contracts'
import { openPlace, type Place } from '../http-place.ts'
import { samplePut, sampleYaml } from './sample.ts'

let place: Place
beforeAll(async () => {
  place = await openPlace()
})
afterAll(() => place.close())

const patch = (body: unknown, key?: string) =>
  place.call('PATCH', '/api/v1/network', {
    body,
    headers: key === undefined ? {} : { 'idempotency-key': key },
  })
const read = async () =>
  (await place.call('GET', '/api/v1/network')).body as { version: number; network: never }
const yaml = { 'content-type': 'application/yaml' }

describe('the network', () => {
  test('is empty at first, and its nodes are odd for lack of a calendar', async () => {
    const { status, body } = await place.bare('GET', '/api/v1/network')
    expect([status, body.version]).toEqual([200, 0])
    expect((body.findings as { code: string }[]).map(({ code }) => code)).toContain('node_calendar_missing')
  })

  test('would be different by an import, and is not after a dry run', async () => {
    const { status, body } = await place.call('POST', '/api/v1/network/import?dryRun=true', {
      body: sampleYaml,
      headers: yaml,
    })
    expect([status, body.version, body.isDryRun]).toEqual([200, 1, true])
    expect(body.differences).toContainEqual({
      ...{ list: 'nodes', added: ['fab:A', 'own:P'], changed: [], removed: [] },
      counts: { added: 2, changed: 0, removed: 0 },
    })
    expect((await read()).version).toBe(0)
  })

  test('takes a YAML text, once for one key', async () => {
    const ask = { body: sampleYaml, headers: { ...yaml, 'idempotency-key': 'first' } }
    const first = await place.call('POST', '/api/v1/network/import', ask)
    const again = await place.call('POST', '/api/v1/network/import', ask)
    expect([first.status, first.body.version, first.body.isDryRun]).toEqual([200, 1, false])
    expect(again.body).toEqual(first.body)
    const { version, network } = await read()
    expect(version).toBe(1)
    expect(network).toMatchObject({ ...samplePut })
  })

  test('makes nodes that no file tells of nodes of the market', () => {
    const node = place.engine.core.state().nodes.get('own:P')
    expect(node).toMatchObject({ name: 'Pop-up', type: 'store', provider: 'network', isActive: true })
  })

  test('gives a node that no file tells of stock and work', async () => {
    const items = [{ sku: 'pop', nodeId: 'own:P', onHand: 3, reason: 'count' }]
    const counted = await place.call('POST', '/api/v1/inventory/adjustments', { body: { items } })
    expect(counted.status).toBe(200)
    const body = {
      ...{ externalId: 'popped', currency: 'USD', shipTo: { country: 'US', region: 'NV' } },
      lines: [{ lineId: '1', sku: 'pop', quantity: 2, unitPriceCents: 1_000 }],
    }
    expect((await place.call('POST', '/api/v1/orders', { body })).status).toBe(201)
    const found = () => place.engine.core.state().orders.get(orderIdOf('main', 'api', 'popped'))
    await expect.poll(() => found()?.work[0]?.nodeId, { timeout: 10_000 }).toBe('own:P')
  })

  test('is exported as files that change nothing when they are imported again', async () => {
    const csv = await place.call('GET', '/api/v1/network/export')
    const { files } = csv.body as { files: Record<string, string> }
    expect(files['pickups.csv']).toBe('node_id,carrier_id,days,time\r\nfab:A,SwiftPost,1 2 3,16:30\r\n')
    const same = await place.call('POST', '/api/v1/network/import?mode=replace', { body: { files } })
    expect([same.status, same.body.version, same.body.differences]).toEqual([200, 1, []])
    const text = await place.call('GET', '/api/v1/network/export?format=yaml')
    expect(text.headers['content-type']).toBe('application/yaml; charset=utf-8')
    const again = await place.call('POST', '/api/v1/network/import', { body: text.text, headers: yaml })
    expect([again.status, again.body.differences]).toEqual([200, []])
  })

  test('keeps what another file holds when one file is merged', async () => {
    const files = { 'pickups.csv': 'node_id,days,time\nfab:A,5,10:00\n' }
    const { status, body } = await place.call('POST', '/api/v1/network/import', { body: { files } })
    expect([status, body.version]).toEqual([200, 2])
    const { network } = (await read()) as { network: { nodes: { nodeId: string }[] } }
    expect(network.nodes.find(({ nodeId }) => nodeId === 'fab:A')).toMatchObject({
      pickups: [{ carrierId: null, days: [5], time: '10:00' }],
      groupIds: ['west'],
      cutOff: '15:00',
    })
  })

  test('says every bad row of every file, and takes nothing', async () => {
    const files = {
      'nodes.csv': 'node_id,cut_off,latitude\nfab:A,25:00,12\nfab:A,08:00,north\nfab:C,08:00\n',
      'lanes.csv': 'lane_id,service_id\nl9,air\n',
      'odd.csv': 'a\n1\n',
    }
    const { status, body } = await place.call('POST', '/api/v1/network/import', { body: { files } })
    expect([status, body.code]).toEqual([400, 'SOURCING_FILE_INVALID'])
    const { faults, faultCount } = body.details as { faults: Record<string, unknown>[]; faultCount: number }
    expect(faultCount).toBe(faults.length)
    expect(new Set(faults.map(({ file, row, field }) => `${file} ${row} ${field}`))).toEqual(
      new Set([
        ...['odd.csv null null', 'nodes.csv 2 cut_off', 'nodes.csv 3 latitude', 'nodes.csv 4 null'],
        ...['nodes.csv 3 node_id', 'lanes.csv 2 service_id'],
      ]),
    )
    expect((await read()).version).toBe(2)
  })

  test('refuses a change of a network that is another by now', async () => {
    const groups = [{ groupId: 'east', name: 'East' }]
    const late = await patch({ put: { groups }, version: 1 })
    expect([late.status, late.body.code]).toEqual([409, 'CORE_REFUSED'])
    expect(late.body.details).toMatchObject({ reason: 'network_version', version: 2, asked: 1 })
    expect((await patch({ put: { groups }, version: 2 }, 'east')).body.version).toBe(3)
    expect((await patch({ put: { groups }, version: 2 }, 'east')).body.version).toBe(3)
  })

  test.each([
    [
      'reference_unknown',
      { put: { carriers: [], services: [{ ...samplePut.services?.[0], carrierId: 'nobody' }] } },
    ],
    ['still_referenced', { remove: { calendars: ['weekdays'] } }],
    [
      'duplicate_id',
      {
        put: {
          groups: [
            { groupId: 'x', name: '' },
            { groupId: 'x', name: 'y' },
          ],
        },
      },
    ],
    ['duplicate_id', { put: { groups: [{ groupId: 'x', name: '' }] }, remove: { groups: ['x'] } }],
  ])('is not changed where it would not fit together: %s', async (reason, body) => {
    const before = await read()
    const answer = await patch(body)
    expect([answer.status, answer.body.details]).toMatchObject([409, { reason }])
    expect(await read()).toEqual(before)
  })

  test.each([
    ['a negative cost', { put: { nodes: [{ ...samplePut.nodes?.[0], orderCostCents: -1 }] } }],
    ['a field that is not known', { put: { groups: [{ groupId: 'x', name: '', color: 'red' }] } }],
    ['a list that is not known', { put: { trucks: [] } }],
  ])('does not take %s', async (_, body) => {
    expect((await patch(body)).status).toBe(400)
  })

  test('takes away a node: it stays in history and gets no new work', async () => {
    expect((await patch({ remove: { nodes: ['own:P', 'nobody'] } })).status).toBe(200)
    expect(place.engine.core.state().nodes.get('own:P')?.isActive).toBe(false)
  })

  test('is read by anybody here, and changed only by those who may', async () => {
    expect((await place.bare('GET', '/api/v1/network/export')).status).toBe(200)
    expect((await place.bare('PATCH', '/api/v1/network', { body: {} })).status).toBe(401)
    const reader = await place.vault.createKey({ name: 'r', role: 'reader' })
    const headers = { authorization: `Bearer ${reader.key}` }
    expect((await place.bare('PATCH', '/api/v1/network', { body: {}, headers })).status).toBe(403)
  })
})

describe('products', () => {
  test('have a weight and a size where somebody tells them', async () => {
    const tell = (product: object) =>
      place.call('POST', '/api/v1/products', { body: { products: [product] } })
    expect((await tell({ sku: 'pop', name: 'Corn', weightG: 90.5, heightMm: 120 })).status).toBe(200)
    expect((await tell({ sku: 'pop', name: 'Popcorn' })).status).toBe(200)
    expect(place.engine.core.state().products.get('pop')).toEqual({
      ...{ sku: 'pop', name: 'Popcorn', skuClass: null, weightG: 90.5, heightMm: 120 },
    })
    expect((await tell({ sku: 'pop', weightG: -1 })).status).toBe(400)
  })
})
