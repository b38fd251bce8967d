// What is watched of the late-risk model: work as it was decided on, and the chances that were told of it, as columns
// in words that people know. It decides nothing.

import { countsByColumn, type Profile, profileOf, type Values } from '../registry/index.ts'
import { calibrated } from './calibrate.ts'
import { type Judged, judge } from './judged.ts'
import type { LateMeta, LateVersion } from './model.ts'
import type { Passage } from './passage.ts'
import { type Staged, seen } from './sights.ts'

const hourMs = 3_600_000
/** Decisions that are held against those it learned from. */
const recentMs = 10 * 24 * hourMs
const recentAtMost = 5_000

/** What of each decision is watched: its title, and how it is told. Running means are not: they move by themselves. */
const columns: Record<string, { title: string; of: (sight: Staged) => number | string | null }> = {
  window_hours: {
    title: 'hours from release to the promise',
    of: ({ work: { promisedAt, releasedAt } }) =>
      promisedAt === null ? null : (promisedAt - releasedAt) / hourMs,
  },
  lines: { title: 'lines', of: ({ work }) => work.lines },
  units: { title: 'units', of: ({ work }) => work.units },
  value: { title: 'value of the order', of: ({ work }) => (work.value === null ? null : work.value / 100) },
  node: { title: 'node', of: ({ work }) => work.node },
  carrier: { title: 'carrier', of: ({ work }) => work.carrier },
  region: { title: 'region of the customer', of: ({ work }) => work.region },
  method: { title: 'method', of: ({ work }) => work.method },
  sku_class: { title: 'class', of: ({ work }) => work.skuClass },
}

/** Column of the chances that were told. */
const told = 'score'

/** What is watched, by name. */
export const watchedOfLate: ReadonlyMap<string, string> = new Map([
  ...Object.entries(columns).map(([name, { title }]): [string, string] => [name, title]),
  [told, 'chance of being late'],
])

function columnsOf(sights: readonly Staged[]): Map<string, Values> {
  return new Map(Object.entries(columns).map(([name, { of }]) => [name, sights.map((sight) => of(sight))]))
}

/** Chances of decisions as they are told, without what the last weeks taught; null without a promise. */
function chancesOf(raw: readonly number[], calibration: LateMeta['calibration']): (number | null)[] {
  return raw.map((chance) => (Number.isNaN(chance) ? null : calibrated(chance, calibration.decided)))
}

/** What decisions looked like, and what was told of those that were held back. */
export function lateProfile(
  decided: readonly Staged[],
  held: readonly Judged[],
  calibration: LateMeta['calibration'],
): Profile {
  const raw = held.filter(({ sight }) => sight.stage === 'decided').map((one) => one.raw)
  return profileOf(new Map([...columnsOf(decided), [told, chancesOf(raw, calibration)]]))
}

/** How many decisions of the last days fall where in a profile. @param works in order of their release */
export async function recentCounts(
  works: readonly Passage[],
  now: number,
  model: LateVersion,
  profile: Profile,
): Promise<number[][]> {
  const recent = works.filter(({ releasedAt }) => releasedAt > now - recentMs).slice(-recentAtMost)
  const decided = seen(
    works,
    recent.map((work) => ({ at: work.releasedAt, work, stage: 'decided' as const })),
  )
  const judged = await judge(model, decided, now)
  const chances = chancesOf(
    judged.map(({ raw }) => raw),
    model.meta.calibration,
  )
  return countsByColumn(profile, new Map([...columnsOf(decided), [told, chances]]))
}
