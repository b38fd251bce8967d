// Versions of models on a real disk: promoted when better, taken back, passed over when damaged; folds and drift.

import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readConfig, realEffects, seededRandom } from '#data/kernel'
import {
  type BackTest,
  backTest,
  countsByColumn,
  type Decision,
  DriftWatch,
  fingerprintOf,
  lastStretches,
  profileOf,
  Registry,
  stabilityIndex,
  unevenness,
} from '../../../models/registry/index.ts'

const effects = realEffects(readConfig({ DETOUR_LOG_LEVEL: 'silent' }))
const ref = { market: 'main', model: 'late' }
const wanted = { kind: 'sample', format: 1 }
const dayMs = 86_400_000
const start = Date.parse('2026-01-01T00:00:00Z')

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'detour-registry-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const testOf = (candidate: number, current: number | null, baseline: number | null = null): BackTest => ({
  measure: 'log loss',
  lowerIsBetter: true,
  folds: [{ from: '2026-01-01', to: '2026-01-08', rows: 10, candidate, current, baseline }],
})

let offered = 0
function offer(
  registry: Registry,
  test: BackTest | null,
  more: { fingerprint?: string; isSmall?: boolean } = {},
) {
  offered++
  const { fingerprint = `data ${offered}`, isSmall = false } = more
  return registry.offer({
    card: {
      ...ref,
      trainedAt: new Date(start + offered * 1000).toISOString(),
      from: '2026-01-01T00:00:00Z',
      to: '2026-02-01T00:00:00Z',
      rows: { trained: 100, held: 20 },
      fingerprint,
      features: ['a'],
      backend: 'wasm',
      seed: 's',
      metrics: { loss: 0.5 },
      thresholds: {},
      backTest: test,
      isSmall,
      profile: null,
    },
    own: { number: offered },
    bundle: { ...wanted, nets: {}, numbers: { list: Float32Array.of(offered) } },
  })
}

const inUse = (registry: Registry) => registry.current(ref)?.version
const open = () => Registry.open(effects, folder)

describe('the registry', () => {
  test('promotes only what was better, says why, and has all of it again when it is opened anew', async () => {
    const registry = await open()
    expect(await registry.load(ref, wanted)).toBeNull()
    const first = await offer(registry, testOf(0.5, null, 0.6))
    expect(first.verdict).toMatchObject({ isPromoted: true, code: 'first' })
    const worse = await offer(registry, testOf(0.51, 0.5, 0.6))
    expect(worse.verdict).toMatchObject({ isPromoted: false, code: 'not_better' })
    expect(worse.verdict.reason).toContain('0.51')
    const unseen = await offer(registry, testOf(0.1, null))
    expect(unseen.verdict.code).toBe('nothing_new')
    const same = await offer(registry, testOf(0.1, 0.5), { fingerprint: first.fingerprint })
    expect(same.verdict.code).toBe('nothing_new')
    const below = await offer(registry, testOf(0.4, 0.5, 0.3))
    expect(below.verdict.code).toBe('below_baseline')
    expect(inUse(registry)).toBe(first.version)
    const better = await offer(registry, testOf(0.4, 0.5, 0.6))
    expect(better.verdict).toMatchObject({ isPromoted: true, code: 'better' })
    const again = await open()
    expect(again.versions(ref)).toEqual(registry.versions(ref))
    expect((await again.load(ref, wanted))?.own).toEqual({ number: offered })
    expect(inUse(again)).toBe(better.version)
  })

  test('lets a full version take the place of a small one, and refuses a first one worse than none', async () => {
    const registry = await open()
    expect((await offer(registry, testOf(0.7, null, 0.6))).verdict.code).toBe('below_baseline')
    expect(inUse(registry)).toBeUndefined()
    await offer(registry, null, { isSmall: true })
    expect((await offer(registry, testOf(0.5, null, 0.6))).verdict.code).toBe('replaces_small')
    expect((await offer(registry, null, { isSmall: true })).verdict.isPromoted).toBe(false)
  })

  test('rolls back step by step and promotes by hand, and tells the log of it', async () => {
    const registry = await open()
    const told: Decision[] = []
    registry.attach('main', { decisions: [], record: async (decision) => void told.push(decision) })
    const versions = [await offer(registry, null)]
    for (const loss of [0.4, 0.3]) versions.push(await offer(registry, testOf(loss, 0.5)))
    const [one, two, three] = versions.map(({ version }) => version)
    expect((await registry.rollBack(ref, 'Ada')).version).toBe(two)
    expect((await registry.rollBack(ref, 'Ada')).version).toBe(one)
    await expect(registry.rollBack(ref, 'Ada')).rejects.toMatchObject({ code: 'MODELS_NOTHING_BEFORE' })
    await registry.promote(ref, three as string, 'Bo')
    expect(told.map(({ action, version, before, by }) => [action, version, before, by])).toEqual([
      ['promoted', one, null, 'detour'],
      ['promoted', two, one, 'detour'],
      ['promoted', three, two, 'detour'],
      ['rolled_back', two, three, 'Ada'],
      ['rolled_back', one, two, 'Ada'],
      ['promoted', three, one, 'Bo'],
    ])
    const other = await open()
    await rm(join(folder, 'main', 'late', 'uses.json'))
    other.attach('main', { decisions: told, record: async () => undefined })
    expect(inUse(other)).toBe(three)
    expect((await other.rollBack(ref, 'Bo')).version).toBe(one)
    await expect(registry.promote(ref, 'none', 'Bo')).rejects.toMatchObject({
      code: 'MODELS_VERSION_UNKNOWN',
    })
  })

  test('does not put in use what the log did not take', async () => {
    const registry = await open()
    const kept = await offer(registry, null)
    registry.attach('main', { decisions: [], record: async () => Promise.reject(new Error('no log')) })
    await expect(offer(registry, testOf(0.1, 0.5))).rejects.toThrow('no log')
    expect(inUse(registry)).toBe(kept.version)
  })

  test('passes over a damaged version and one of another format: the last good one stays in use', async () => {
    const registry = await open()
    const good = await offer(registry, null)
    const damaged = await offer(registry, testOf(0.4, 0.5))
    await writeFile(join(folder, 'main', 'late', damaged.version, 'numbers.bin'), 'x')
    expect((await registry.load(ref, wanted))?.card.version).toBe(good.version)
    const [state] = registry.versions(ref)
    expect(state).toMatchObject({ status: 'damaged' })
    expect(state?.note).toContain('numbers.bin')
    await expect(registry.promote(ref, damaged.version, 'Ada')).rejects.toMatchObject({
      code: 'MODELS_FILE_DAMAGED',
    })
    expect(await registry.load(ref, { ...wanted, format: 2 })).toBeNull()
    await writeFile(join(folder, 'main', 'late', good.version, 'manifest.json'), '{')
    const again = await open()
    expect(again.versions(ref).map(({ card }) => card.version)).toEqual([damaged.version])
  })

  test('keeps a bounded number of versions, those in use among them', async () => {
    const registry = await open()
    const first = await offer(registry, null)
    for (let i = 0; i < 12; i++) await offer(registry, testOf(0.6, 0.5))
    expect(registry.versions(ref)).toHaveLength(7)
    expect(inUse(registry)).toBe(first.version)
    expect((await readdir(join(folder, 'main', 'late'))).filter((name) => name !== 'uses.json')).toHaveLength(
      7,
    )
    await registry.forget(ref)
    expect(registry.models('main')).toEqual([])
    expect(await readdir(join(folder, 'main'))).toEqual([])
  })
})

describe('a test on the past', () => {
  test('shows each model only what came before, and the one in use only what it had not learned from', async () => {
    const span = { from: start, to: start + 70 * dayMs }
    const stretches = lastStretches(span)
    expect(stretches).toHaveLength(4)
    expect(stretches.at(-1)?.to).toBe(span.to)
    const released: number[] = []
    const result = await backTest<number>({
      measure: 'days',
      lowerIsBetter: true,
      stretches,
      gapMs: dayMs,
      teach: async (until) => until,
      measureOn: async (until, stretch) => {
        expect(until).toBeLessThanOrEqual(stretch.from)
        return { value: (stretch.from - until) / dayMs, rows: 5 }
      },
      current: { model: start, learnedTo: (stretches[2]?.from ?? 0) as number },
      baselineOn: async () => 9,
      release: (until) => released.push(until),
    })
    expect(result.folds.map(({ candidate }) => candidate)).toEqual([1, 1, 1, 1])
    expect(result.folds.map(({ current }) => current !== null)).toEqual([false, false, true, true])
    expect(released).toHaveLength(4)
  })

  test('takes stretches that follow each other, within the last part of the data', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 400 * dayMs }),
        fc.integer({ min: 1, max: 8 }),
        (length, count) => {
          const span = { from: start, to: start + length }
          const stretches = lastStretches(span, { count, share: 0.4 })
          const first = stretches[0]?.from ?? Number.NaN
          const follow = stretches.every(
            ({ to }, i) => Math.abs(to - (stretches[i + 1]?.from ?? span.to)) < 1,
          )
          return follow && first >= span.to - length * 0.4 - 1 && stretches.length === count
        },
      ),
    )
    expect(lastStretches({ from: start, to: start })).toEqual([])
  })
})

describe('drift', () => {
  const random = seededRandom('drift')
  const columnsOf = (mean: number, carrier: () => string | null, rows = 2_000) =>
    new Map<string, (number | string | null)[]>([
      ['hours', Array.from({ length: rows }, () => random.normal(mean, 10))],
      ['carrier', Array.from({ length: rows }, carrier)],
      ['constant', Array.from({ length: rows }, () => 3)],
    ])
  const usual = () => random.pick(['north', 'south', null])

  test('says nothing of the same, and in a sentence what has moved', () => {
    const profile = profileOf(columnsOf(40, usual))
    const same = new DriftWatch(profile)
    const even = Array.from({ length: 1_000 }, (_, i) => (i + 0.5) / 1_000)
    same.add(countsByColumn(profile, columnsOf(40, usual)), even, start)
    expect(same.drifts().filter(({ hasMoved }) => hasMoved)).toEqual([])
    const moved = new DriftWatch(profile)
    const low = Array.from({ length: 1_000 }, (_, i) => (i + 0.5) / 4_000)
    const later = columnsOf(60, () => random.pick(['north', 'air']))
    moved.add(countsByColumn(profile, later), low, start)
    const found = Object.fromEntries(moved.drifts().map((drift) => [drift.name, drift]))
    expect(found.hours?.hasMoved && found.carrier?.hasMoved && found.score?.hasMoved).toBe(true)
    expect(found.constant?.hasMoved).toBe(false)
    expect(found.hours?.text).toMatch(/^hours has moved \(stability index \d/)
    expect(found.score?.text).toContain('20 %')
  })

  test('fades what is long ago, and waits for enough rows', () => {
    const profile = profileOf(columnsOf(40, usual))
    const watch = new DriftWatch(profile)
    watch.add(countsByColumn(profile, columnsOf(40, usual, 20)), [], start)
    expect(watch.drifts()).toEqual([])
    expect([watch.isDue(start + 60_000), watch.isDue(start + dayMs)]).toEqual([false, true])
    const patient = new DriftWatch(profile, 0, dayMs)
    const other = countsByColumn(profile, columnsOf(90, usual, 3_000))
    patient.add(other, [], start)
    expect(patient.drifts()).toEqual([])
    patient.add(other, [], start + dayMs)
    expect(patient.drifts().some(({ hasMoved }) => hasMoved)).toBe(true)
    watch.add(other, [], start + dayMs)
    expect(watch.drifts().some(({ name, hasMoved }) => name === 'hours' && hasMoved)).toBe(true)
    watch.add(countsByColumn(profile, columnsOf(40, usual, 3_000)), [], start + 40 * dayMs)
    expect(watch.drifts().some(({ hasMoved }) => hasMoved)).toBe(false)
  })

  test('measures are never below nothing, and nothing for equal shares', () => {
    const shares = fc.array(fc.integer({ min: 0, max: 1_000 }), { minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(shares, shares, (left, right) => {
        const total = left.reduce((sum, count) => sum + count, 0)
        const of = left.map((count) => (total === 0 ? 0 : count / total))
        const other = left.map((_, i) => right[i] ?? 0)
        const [same, far] = [stabilityIndex(of, left), stabilityIndex(of, other)]
        return Math.abs(same) < 1e-9 && far >= 0 && Number.isFinite(far)
      }),
    )
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1 }), (values) => {
        const gap = unevenness(values)
        return gap >= 0 && gap <= 1
      }),
    )
  })

  test('the fingerprint is of names and rows, whatever the order of the columns', () => {
    const columns = new Map<string, (number | string | null)[]>([
      ['a', [1, 2]],
      ['b', ['x', null]],
    ])
    const turned = new Map([...columns].reverse())
    expect(fingerprintOf(turned)).toBe(fingerprintOf(columns))
    expect(fingerprintOf(new Map([...columns, ['b', [null, 'x']]]))).not.toBe(fingerprintOf(columns))
  })
})
