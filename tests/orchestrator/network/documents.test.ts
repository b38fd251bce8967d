// Networks as files: what is written can be read again, and what cannot be read says where and why.

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { emptyNetwork } from '#orchestrator/core'
import {
  assertRead,
  checkNetwork,
  type NetworkSource,
  networkSourceAt,
  parseCsv,
  readNetworkFiles,
  readNetworkYaml,
  readSource,
  writeNetworkAt,
  writeNetworkFiles,
  writeNetworkYaml,
} from '#orchestrator/sourcing'
import { newFolder } from '../places.ts'
import { anyNetwork } from './any-network.ts'
import { samplePut } from './sample.ts'

const without = (lists: object) =>
  Object.fromEntries(Object.entries(lists).filter(([, list]) => list.length > 0))

describe('a network as files', () => {
  test('is the same after writing and reading it as CSV', () => {
    fc.assert(
      fc.property(anyNetwork, (network) => {
        const { put, faults } = readNetworkFiles(writeNetworkFiles(network))
        expect(faults).toEqual([])
        expect(put).toEqual(without(network))
      }),
      { numRuns: 200 },
    )
  })

  test('is the same after writing and reading it as YAML', () => {
    fc.assert(
      fc.property(anyNetwork, (network) => {
        const { put, faults } = readNetworkYaml(writeNetworkYaml(network), 'network.yaml')
        expect(faults).toEqual([])
        expect(put).toEqual(network)
      }),
      { numRuns: 200 },
    )
  })
})

describe('files that are not as they should be', () => {
  const faultsOf = (files: Record<string, string>) => readNetworkFiles(files).faults

  test.each([
    ['an unclosed quote', 'group_id,name\nwest,"West\neast,East\n', 2],
    ['text after a quote', 'group_id,name\nwest,"West" side\n', 2],
    ['a quote in the middle', 'group_id,name\nok,fine\nwest,We"st\n', 3],
    ['a value too many', 'group_id,name\nwest,West,1\n', 2],
    ['bytes that are no text', 'group_id,name\nwest,W\0st\n', 1],
    ['a missing key', 'group_id,name\n,West\n', 2],
    ['a control character', 'group_id,name\nwest,W\u0007st\n', 2],
    ['an id that is too long', `group_id,name\n${'x'.repeat(201)},West\n`, 2],
    ['the same id twice', 'group_id,name\nwest,a\nwest,b\n', 3],
    ['a column that is not known', 'group_id,colour\nwest,red\n', 1],
    ['a column twice', 'group_id,name,name\nwest,a,b\n', 1],
    ['no names', 'west,West\n', 1],
  ])('say where: %s', (_, text, row) => {
    const [first] = faultsOf({ 'groups.csv': text })
    expect(first).toMatchObject({ file: 'groups.csv', row })
    expect(first?.reason.length).toBeGreaterThan(5)
  })

  test.each([
    ['nodes.csv', 'node_id,latitude\nA,NaN\n', 'latitude'],
    ['nodes.csv', 'node_id,order_cost_cents\nA,-5\n', 'order_cost_cents'],
    ['nodes.csv', 'node_id,order_cost_cents\nA,Infinity\n', 'order_cost_cents'],
    ['nodes.csv', 'node_id,order_cost_cents\nA,"1,5"\n', 'order_cost_cents'],
    ['nodes.csv', 'node_id,active_from\nA,2026-02-30\n', 'active_from'],
    ['nodes.csv', 'node_id,processing_median_hours\nA,3\n', 'processing_p90_hours'],
    ['nodes.csv', 'node_id,methods\nA,delivery teleport\n', 'methods'],
    ['nodes.csv', 'node_id,is_active\nA,maybe\n', 'is_active'],
    ['nodes.csv', 'node_id,priority\nA,1.5\n', 'priority'],
    ['node_groups.csv', 'node_id,group_id\nnobody,west\n', 'node_id'],
  ])('say which field: %s %j', (file, text, field) => {
    expect(faultsOf({ [file]: text })).toContainEqual(expect.objectContaining({ file, row: 2, field }))
  })

  test('may come from any system: BOM, any line end, blanks, empty rows, semicolons, another order of columns', () => {
    const west = [{ groupId: 'west', name: 'Wést, "far"\nand on' }]
    for (const text of [
      '\ufeffgroup_id,name\r\nwest,"Wést, ""far""\nand on"\r\n',
      'name,group_id\n"Wést, ""far""\nand on" , west \n\n\n',
      'group_id;name\rwest;"Wést, ""far""\nand on"\r',
    ]) {
      expect(readNetworkFiles({ 'groups.csv': text })).toMatchObject({ put: { groups: west }, faultCount: 0 })
    }
  })

  test('are told row by row up to 1,000, and counted beyond', () => {
    const rows = Array.from({ length: 5_000 }, (_, i) => `n${i},x\n`).join('')
    const { faults, faultCount, put } = readNetworkFiles({ 'nodes.csv': `node_id,cut_off\n${rows}` })
    expect([faults.length, faultCount]).toEqual([1_000, 5_000])
    expect(Object.keys(put)).toEqual(['nodes'])
  })

  test('of 50 MB are read whole', () => {
    const count = 300_000
    const text = `lane_id,service_id,origin,destination,zone,distance_km\n${Array.from(
      { length: count },
      (_, i) =>
        `${String(i).padStart(9, '0')},"ground",${'x'.repeat(140)},"US/${i % 1_000}*",z,${i % 4_000}.5\n`,
    ).join('')}`
    expect(text.length).toBeGreaterThan(50_000_000)
    const { put, faultCount } = readNetworkFiles(
      { 'lanes.csv': text },
      { base: emptyNetwork, references: 'keep' },
    )
    expect([put.lanes?.length, faultCount]).toEqual([count, 0])
    expect(put.lanes?.at(-1)).toMatchObject({
      laneId: '000299999',
      destination: 'US/999*',
      distanceKm: 3_999.5,
    })
  })

  test('never break the reader, whatever is in them', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('"', ',', '\n', '\r', ';', ' ', 'a', '\ufeff', '\0', '""')),
        (parts) => {
          const text = parts.join('')
          const { rows, fault } = parseCsv(text)
          for (const { cells } of rows) expect(cells.length).toBeGreaterThan(0)
          if (fault !== null) expect(fault.row).toBeGreaterThan(0)
          readNetworkFiles({ 'groups.csv': text, 'rate_bands.csv': `rate_card_id,origin\n${text}` })
        },
      ),
      { numRuns: 500 },
    )
  })
})

describe('YAML that is not as it should be', () => {
  test.each([
    ['groups: [{groupId: west', 1, null],
    ['groups:\n  - groupId: west\n    name: 12\n', 3, 'groups.0.name'],
    ['groups:\n  - groupId: west\n  - groupId: west\n', 3, 'groups.1'],
    ['nodes:\n  - nodeId: A\n    capacity:\n      ordersPerDay: -1\n', 4, 'nodes.0.capacity.ordersPerDay'],
    ['nodes:\n  - nodeId: A\n    calendarId: none\n', 3, 'nodes.0.calendarId'],
    ['nodes:\n  - nodeId: A\n    colour: red\n', 3, 'nodes.0.colour'],
    ['trucks: []\n', 1, 'trucks'],
    ['groups: west\n', 1, 'groups'],
    ['- a\n- b\n', null, null],
    ['lanes:\n  - laneId: a\n', 2, 'lanes.0.serviceId'],
  ])('says the line: %j', (text, row, field) => {
    expect(readNetworkYaml(text, 'n.yaml').faults).toContainEqual(
      expect.objectContaining({ file: 'n.yaml', row, field }),
    )
  })

  test('cannot grow by naming itself', () => {
    const bomb = ['a: &a [x, x, x, x, x, x, x, x, x]']
    for (const [i, name] of [...'bcdefgh'].entries()) {
      const before = 'abcdefgh'[i]
      bomb.push(`${name}: &${name} [${Array(9).fill(`*${before}`).join(', ')}]`)
    }
    expect(readNetworkYaml(bomb.join('\n'), 'n.yaml').faultCount).toBeGreaterThan(0)
  })

  test('may be as short as a person writes it', () => {
    const { put, faults } = readNetworkYaml('nodes:\n  - nodeId: A\n', 'n.yaml')
    expect(faults).toEqual([])
    expect(put.nodes).toMatchObject([{ nodeId: 'A', isActive: true, priority: 0, pickups: [], cutOff: null }])
    expect(readNetworkYaml('', 'n.yaml')).toEqual({ put: {}, faults: [], faultCount: 0 })
  })
})

describe('a folder of files', () => {
  test('is written and read again, and a file that is no text is named', async () => {
    const folder = await newFolder()
    try {
      const path = join(folder.path, 'net')
      const network = { ...emptyNetwork, ...samplePut }
      await writeNetworkAt(path, network)
      await writeFile(join(path, 'notes.txt'), 'not looked at')
      expect(assertedRead(await networkSourceAt(path))).toEqual(samplePut)
      await writeNetworkAt(`${path}.yaml`, network)
      expect(assertedRead(await networkSourceAt(`${path}.yaml`))).toEqual(samplePut)
      await writeFile(join(path, 'groups.csv'), Buffer.from([0x67, 0xff, 0xfe]))
      await expect(networkSourceAt(path)).rejects.toMatchObject({
        code: 'SOURCING_FILE_INVALID',
        details: { file: 'groups.csv', reason: 'it is no UTF-8 text' },
      })
      await expect(networkSourceAt(join(folder.path, 'none'))).rejects.toMatchObject({
        code: 'SOURCING_FILE_INVALID',
      })
    } finally {
      await folder.remove()
    }
  })
})

function assertedRead(source: NetworkSource) {
  const read = readSource(source, emptyNetwork)
  assertRead(read)
  return read.put
}

describe('what is odd about a network', () => {
  test('is told and stands in no way', () => {
    const [service] = samplePut.services ?? []
    const [card] = samplePut.rateCards ?? []
    const [node] = samplePut.nodes ?? []
    const [lane] = samplePut.lanes ?? []
    if (!service || !card || !node || !lane) throw new Error('the sample has them')
    const band = card.bands[0] ?? ({} as never)
    const document = {
      ...emptyNetwork,
      ...samplePut,
      groups: [...(samplePut.groups ?? []), { groupId: 'east', name: '' }],
      nodes: [{ ...node, serviceIds: ['ground'], processing: { medianHours: 5, p90Hours: 2 } }],
      services: [service, { ...service, serviceId: 'air' }],
      lanes: [{ ...lane, laneId: 'l2', serviceId: 'sea' }],
      rateCards: [
        { ...card, bands: [band, { ...band, weightFromG: 500, weightToG: 2_000 }] },
        { ...card, rateCardId: 'r2', validFrom: '2027-01-01', validUntil: '2026-01-01' },
      ],
    }
    const codes = new Set(checkNetwork(document, new Map()).map(({ code, id }) => `${code} ${id}`))
    for (const code of [
      ...[
        'group_empty east',
        'spread_upside_down fab:A',
        'service_rates_missing air',
        'service_unreachable air',
      ],
      ...['bands_overlap r1', 'rate_card_never r2', 'lane_service_unknown l2'],
    ]) {
      expect(codes).toContain(code)
    }
  })

  test('does not call bands odd that only touch', () => {
    const [card] = samplePut.rateCards ?? []
    const document = { ...emptyNetwork, ...samplePut, rateCards: card === undefined ? [] : [card] }
    expect(checkNetwork(document, new Map()).map(({ code }) => code)).not.toContain('bands_overlap')
  })
})
