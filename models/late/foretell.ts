// What nets say of work as it was seen: how long it takes, and how likely it misses its promise. It teaches nothing.

import { dispose, type Net, netFrom, predict } from '../runtime/index.ts'
import { calibrated, chanceOf } from './calibrate.ts'
import { encodeAll, widthOf } from './encode.ts'
import { centreOf, type Span, spans } from './learn.ts'
import type { LateMeta, LateVersion } from './model.ts'
import type { Passage, Sight, Stage } from './passage.ts'
import { logit } from './past.ts'
import { chanceOver, chanceStillOver, Spread } from './spread.ts'

const hourMs = 3_600_000

/** How long both spans of a piece of work take. */
export type Spreads = Record<Span, Spread>

/** Nets in memory of the backend. */
type Loaded = Record<Span, Net[]>

/** Gives the nets of a version to `use`, and frees them in the end. */
async function withNets<T>(
  { meta, nets }: Pick<LateVersion, 'meta' | 'nets'>,
  use: (loaded: Loaded) => Promise<T>,
): Promise<T> {
  const loaded: Loaded = { processing: [], transit: [] }
  try {
    for (const span of spans)
      for (let member = 0; member < meta.members; member++) {
        const state = nets[netName(span, member)]
        const isFit =
          state?.layers[0] === widthOf(meta.encoding) &&
          state.layers.at(-1) === meta.bins[span].edges.length - 1
        if (state === undefined || !isFit)
          throw new Error(`the net ${netName(span, member)} does not fit its inputs`)
        loaded[span].push(netFrom(state))
      }
    return await use(loaded)
  } finally {
    for (const span of spans) for (const net of loaded[span]) dispose(net)
  }
}

/** Name of a net in its bundle. */
export function netName(span: Span, member: number): string {
  return `${span}-${member + 1}`
}

/** How long each takes, as a version foresees it. @throws Error where nets are missing or do not fit */
export function foretell(
  model: Pick<LateVersion, 'meta' | 'nets'>,
  sights: readonly Sight[],
): Promise<Spreads[]> {
  return withNets(model, async (loaded) => {
    const { encoding, bins } = model.meta
    const inputs = encodeAll(encoding, sights)
    const shares = {} as Record<Span, Float32Array>
    for (const span of spans) shares[span] = await meanShares(loaded[span], inputs, sights.length)
    return sights.map(({ seen }, i) => {
      const spreadOf = (span: Span) => {
        const count = bins[span].edges.length - 1
        return new Spread(bins[span], shares[span].subarray(i * count, (i + 1) * count), centreOf(span, seen))
      }
      return { processing: spreadOf('processing'), transit: spreadOf('transit') }
    })
  })
}

async function meanShares(nets: readonly Net[], inputs: Float32Array, rows: number): Promise<Float32Array> {
  const [first, ...rest] = nets
  if (first === undefined || rows === 0) return new Float32Array(0)
  const sum = await predict(first, inputs, rows)
  for (const net of rest) {
    const more = await predict(net, inputs, rows)
    for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + (more[i] as number)
  }
  return sum.map((share) => share / nets.length)
}

/** What base rates alone say: bins as they were seen in all, around what is expected. */
export function plainSpreads({ bins }: Pick<LateMeta, 'bins'>, sights: readonly Sight[]): Spreads[] {
  const even = (span: Span) => {
    const count = bins[span].edges.length - 1
    return new Float64Array(count).fill(1 / count)
  }
  const shares = { processing: even('processing'), transit: even('transit') }
  return sights.map(({ seen }) => ({
    processing: new Spread(bins.processing, shares.processing, centreOf('processing', seen)),
    transit: new Spread(bins.transit, shares.transit, centreOf('transit', seen)),
  }))
}

/** Chance that work misses its promise, before calibration; 1 where that is over already. */
export function rawChance({ processing, transit }: Spreads, work: Passage, at: number, stage: Stage): number {
  const { promisedAt, releasedAt, shippedAt } = work
  if (promisedAt === null) return Number.NaN
  if (promisedAt <= at) return 1
  if (stage === 'carried' && shippedAt !== null) {
    return chanceStillOver(transit, (promisedAt - shippedAt) / hourMs, (at - shippedAt) / hourMs)
  }
  return chanceOver(processing, transit, (promisedAt - releasedAt) / hourMs, (at - releasedAt) / hourMs)
}

/** The chance as it is told: calibrated for the stage, with what the last weeks taught; what is over stays over. */
export function toldChance(raw: number, meta: LateMeta, stage: Stage, shift: number): number {
  if (raw >= 1) return 1
  return chanceOf(logit(calibrated(raw, meta.calibration[stage])) + shift)
}
