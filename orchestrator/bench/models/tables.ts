// How fast the table detector is: 10,000 rows with training, and a million rows by a model of a sample, beside the
// isolation forest of scikit-learn on the same rows where it is installed.

import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type Effects, seededRandom } from '#data/kernel'
import { openTableDetector, type Table } from '#models'
import type { BenchRow } from '../row.ts'

const group = 'models'
const columns = 30
const [few, million] = [10_000, 1_000_000]
const goalSeconds = 30
const goalRate = 150_000
/** Debian's Python, where python3-sklearn is installed for it. */
const python = '/usr/bin/python3'
const rivalRows = 200_000

/** Rows of the table detector in the group `models`. */
export async function benchTables({ clock }: Effects): Promise<BenchRow[]> {
  const detector = openTableDetector({ clock })
  try {
    const small = await timed(detector, madeTable(few))
    const large = madeTable(million)
    const big = await timed(detector, large)
    const rival = await rivalRate(large)
    const rate = million / big.looking
    const memory = Math.round(process.memoryUsage().rss / 2 ** 20)
    const base = { group, baseline: null, ratio: null, goal: null, pass: null }
    return [
      {
        ...base,
        name: `score ${few} x ${columns} with training`,
        value: small.learning + small.looking,
        unit: 's',
        goal: goalSeconds,
        pass: small.learning + small.looking <= goalSeconds,
      },
      {
        ...base,
        name: `score ${million} x ${columns}, without training`,
        value: rate,
        unit: 'rows/s',
        baseline:
          'words' in rival ? rival.words : `scikit-learn's IsolationForest, ${Math.round(rival.rate)}`,
        ratio: 'words' in rival ? null : rate / rival.rate,
        goal: goalRate,
        pass: rate >= goalRate && ('words' in rival || rate >= rival.rate),
      },
      { ...base, name: `train for ${million} x ${columns}`, value: big.learning, unit: 's' },
      { ...base, name: `memory with ${million} x ${columns} held`, value: memory, unit: 'MB' },
    ]
  } finally {
    await detector.close()
  }
}

async function timed(detector: ReturnType<typeof openTableDetector>, table: Table) {
  const began = performance.now()
  let learned = began
  await detector.score(table, {
    onProgress: (share) => {
      if (share <= 0.3) learned = performance.now()
    },
  })
  const ended = performance.now()
  return { learning: (learned - began) / 1000, looking: (ended - learned) / 1000 }
}

/** Columns that go together by five hidden causes, and noise. */
function madeTable(rows: number): Table {
  const random = seededRandom('bench-tables')
  const causes = 5
  const weights = Float64Array.from({ length: columns * causes }, () => random.normal(0, 1))
  const values = Array.from({ length: columns }, () => new Float64Array(rows))
  const drawn = new Float64Array(causes)
  for (let row = 0; row < rows; row++) {
    for (let k = 0; k < causes; k++) drawn[k] = random.next() + random.next() + random.next() - 1.5
    for (const [j, column] of values.entries()) {
      let sum = random.next()
      for (let k = 0; k < causes; k++) sum += (weights[j * causes + k] as number) * (drawn[k] as number)
      column[row] = sum
    }
  }
  return { rows, columns: values.map((each, j) => ({ name: `f${j}`, values: each })) }
}

/** Rows a second of scikit-learn's isolation forest, 100 trees, on all cores; or why it was not measured. */
async function rivalRate({ columns: made }: Table): Promise<{ rate: number } | { words: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'detour-bench-'))
  const path = join(folder, 'rows.f64')
  try {
    const parts = made.map(({ values }) => {
      const own = (values as Float64Array).slice(0, rivalRows)
      return new Uint8Array(own.buffer, own.byteOffset, own.byteLength)
    })
    await writeFile(path, Buffer.concat(parts))
    const { stdout } = await promisify(execFile)(python, ['-c', script, path, String(made.length)])
    return { rate: rivalRows / Number(stdout) }
  } catch {
    return { words: 'scikit-learn is not installed (apt install python3-sklearn): not compared' }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const script = `
import sys, time, numpy
from sklearn.ensemble import IsolationForest
rows = numpy.fromfile(sys.argv[1]).reshape(int(sys.argv[2]), -1).T.copy()
forest = IsolationForest(n_estimators=100, random_state=0, n_jobs=-1).fit(rows[:20000])
began = time.perf_counter()
forest.score_samples(rows)
print(time.perf_counter() - began)
`
