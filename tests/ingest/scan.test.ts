// The scanner of delimited text, alone and against DuckDB's reader: both must see the same records.

import { mkdtempSync, rmSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ingest, listQuarantine } from '#ingest'
import { dialectOf } from '../../ingest/files/dialect.ts'
import { type BrokenRecord, scanRecords } from '../../ingest/files/scan.ts'
import { openTestHome, type TestHome } from './home.ts'

const folder = mkdtempSync(join(tmpdir(), 'detour-scan-'))
let home: TestHome
beforeAll(async () => {
  home = await openTestHome()
})
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true })
  await home.close()
})

const dialect = dialectOf({ maxRecordBytes: 100 })

async function scan(text: string, chunkBytes?: number, given = dialect) {
  const path = join(folder, 'scanned.csv')
  await writeFile(path, text)
  const readable: string[] = []
  const broken: BrokenRecord[] = []
  const sink = {
    readable: (bytes: Buffer) => void readable.push(bytes.toString()),
    broken: (record: BrokenRecord) => void broken.push(record),
  }
  return { ...(await scanRecords(path, given, sink, chunkBytes)), readable, broken }
}

/** Pieces of which hostile text is made. */
const piece = fc.constantFrom(
  'a',
  'bc',
  ',',
  ',',
  '"',
  '"',
  '""',
  '\n',
  '\n',
  '\r\n',
  '\r',
  ' ',
  'é',
  '\\',
  'x'.repeat(60),
)
const hostile = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(''))

test('what is found does not depend on how the file is cut into chunks', async () => {
  await fc.assert(
    fc.asyncProperty(hostile, fc.integer({ min: 1, max: 9 }), async (text, chunkBytes) => {
      expect(await scan(text, chunkBytes)).toEqual(await scan(text))
    }),
    {
      numRuns: 150,
      // A line that is too long is let go by bit by bit, with a blank at the edge of a bit.
      examples: [
        [`${'x'.repeat(119)} a`, 1],
        [`${'x'.repeat(120)} `, 1],
        [`${'x'.repeat(120)} \n`, 1],
      ],
    },
  )
})

test('every byte is in a readable record, in a broken one, or in a newline', async () => {
  await fc.assert(
    fc.asyncProperty(hostile, async (text) => {
      const found = await scan(text, 3, dialectOf({ maxRecordBytes: 100, header: false }))
      expect(found.readable.length + found.broken.length).toBe(found.records)
      const kept = [...found.readable, ...found.broken.map((record) => record.raw)].join('')
      if (found.broken.every((record) => record.code !== 'record_too_long')) {
        expect([...kept.replaceAll(/[\r\n]/g, '')].sort()).toEqual([...text.replaceAll(/[\r\n]/g, '')].sort())
      }
    }),
    { numRuns: 300 },
  )
})

test('records of quoted cells come back as they were written', async () => {
  const cell = fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', '\r\n', ' ', 'ß'), maxLength: 8 })
  const quoted = cell.map((text) => `"${text.replaceAll('"', '""')}"`)
  const record = fc.array(quoted, { minLength: 2, maxLength: 3 }).map((cells) => cells.join(','))
  await fc.assert(
    fc.asyncProperty(
      fc.array(record, { minLength: 1, maxLength: 6 }),
      fc.constantFrom('\n', '\r\n'),
      async (records, end) => {
        const found = await scan(
          records.join(end) + end,
          5,
          dialectOf({ maxRecordBytes: 10_000, header: false }),
        )
        expect(found).toMatchObject({ readable: records, broken: [], records: records.length })
      },
    ),
    { numRuns: 200 },
  )
})

const mapping = `mapping: hostile
files:
  nodes: { match: "*.csv", columns: [node, type, note] }
entities:
  nodes:
    from: nodes
    fields: { node_external_id: { column: node, default: none }, type: { value: store }, name: note }
`

test('scanner and reader agree on every file, and each record is accepted or set aside', async () => {
  const path = await home.write('hostile.yaml', mapping)
  const small = {
    ...home,
    effects: { ...home.effects, config: { ...home.effects.config, maxRecordBytes: 100 } },
  }
  let run = 0
  await fc.assert(
    fc.asyncProperty(hostile, fc.constantFrom('\n', '\r\n'), async (text, end) => {
      const file = await home.write('hostile.csv', `node,type,note${end}1,a,b${end}${text}`)
      const { records } = await scan(`node,type,note${end}1,a,b${end}${text}`)
      const summary = await ingest({ provider: path, paths: [file], as: `run${run++}` }, small)
      expect(summary.records).toBe(records)
      expect(summary.accepted + summary.quarantined).toBe(records)
    }),
    { numRuns: 25, endOnFailure: true },
  )
}, 120_000)

test('records are numbered as in the file, whatever stands before them', async () => {
  const path = await home.write(
    'numbered.yaml',
    mapping.replace('default: none', 'map: { x: x }, otherwise: quarantine'),
  )
  const other = fc.constantFrom(
    '',
    '',
    'lonely',
    '"open,1,2',
    '7,"two\nlines",9',
    '7,"a"b,9',
    'too,many,cells,here',
    '7,\r,9',
  )
  let run = 0
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(other, other), { maxLength: 8 }), async (others) => {
      const records: string[] = []
      const lines = others.flatMap((pair, i) => [...pair, `mark${i},a,b`])
      for (const line of lines) if (line !== '') records.push(line)
      await home.write('numbered.csv', `node,type,note\n${lines.join('\n')}\nx,a,b\n`)
      await ingest(
        { provider: path, paths: [join(home.files, 'numbered.csv')], as: `numbered${run++}` },
        home,
      )
      const { rows } = await listQuarantine({ provider: `numbered${run - 1}`, limit: 1_000 }, home)
      const found = rows.filter((row) => row.raw.startsWith('mark')).map((row) => [row.rowNumber, row.raw])
      const expected = records.flatMap((line, i) => (line.startsWith('mark') ? [[i + 1, line]] : []))
      expect(found).toEqual(expected)
      expect(rows).toHaveLength(records.length)
    }),
    { numRuns: 10, endOnFailure: true },
  )
}, 120_000)
