// Tells what strays in the steps of work as constraints: one for each slice, with what was seen and usual since it
// began. It raises and ends nothing.

import type { Constraint, MetricFinding } from '../series/detection.ts'
import { hourMs } from '../series/kept.ts'
import type { Dimension } from '../series/watched.ts'
import { offOf, type Root } from './sums.ts'

/** Version of the rules of steps: part of what is told of a constraint. */
export const stepsModel = 'steps 1'
/** Standard deviations to each side of what is told as usual. */
const bandWidth = 2.6

/** The constraints of roots, one for each slice. @param until end of the newest hour, epoch ms */
export function constraintsOfSteps(roots: readonly Root[], until: number): Constraint[] {
  return [...Map.groupBy(roots, ({ slice }) => slice.key).values()].map((own) => constraintOf(own, until))
}

/** What holds work up is said before what it costs. */
const weighsFirst = (a: Root, b: Root): number =>
  Number(b.slice.kind.aspect !== 'quality') - Number(a.slice.kind.aspect !== 'quality')

function constraintOf(own: readonly Root[], until: number): Constraint {
  const sorted = own.toSorted((a, b) => weighsFirst(a, b) || b.gain / b.limit - a.gain / a.limit)
  const [lead] = sorted as [Root]
  const { slice } = lead
  const metrics = new Map<string, MetricFinding>()
  for (const root of sorted) {
    const finding = findingOf(root, until)
    if (!metrics.has(finding.metric)) metrics.set(finding.metric, finding)
  }
  const [first] = [...metrics.values()] as [MetricFinding]
  const { metric, value, expected, expectedLow, expectedHigh, pValue } = first
  const [dimension, ...values] = slice.key.split('/')
  return {
    key: slice.key,
    dimension: (dimension ?? 'all') as Dimension,
    dimensionValue: values.join('/'),
    metric,
    severity: severityOf(sorted),
    beganAt: Math.min(...sorted.map(({ began }) => began)) * hourMs,
    ...{ value, expected, expectedLow, expectedHigh, pValue },
    isBreaching: true,
    hasRecovered: false,
    newLevelSince: null,
    model: stepsModel,
    causes: causesOf(lead),
    metrics: [...metrics.values()],
  }
}

/** What is told of a root, and what of it is one: a share or a mean of what there was, else pieces by the hour. */
function told({ slice, ...root }: Root, until: number): { seen: number; usual: number; per: number } {
  const isShare = slice.kind.law === 'share'
  const { seen, usual } = isShare ? root : root.lately
  return { seen, usual, per: isShare ? Math.max(1, root.atRisk) : Math.max(1, until / hourMs - root.began) }
}

/**
 * How far what is told of a root strays for certain, in the unit of its metric, 0 or more. What is told in its first
 * hours is mostly more than it comes to: it is told because it was.
 * @source Wilson: Probable inference, the law of succession, and statistical inference (the bound, here of a count)
 */
export function sureChangeOf(root: Root, until: number): number {
  const { point, slice } = root
  const { seen, usual, per } = told(root, until)
  const half = (bandWidth ** 2 * slice.spread) / 2
  const reach = Math.sqrt(half ** 2 + 2 * half * seen)
  const surely = { seen: seen + half + (point.way === 'low' ? reach : -reach), usual }
  return Math.max(0, offOf(surely, point.way)) / per
}

function findingOf(root: Root, until: number): MetricFinding {
  const { slice, point, gain } = root
  const { kind } = slice
  const { seen, usual, per } = told(root, until)
  const spread = Math.sqrt(Math.max(usual, 1) * slice.spread) * bandWidth
  const most = kind.unit === 'share' ? 1 : Number.POSITIVE_INFINITY
  return {
    metric: kind.metric[point.way],
    bucketStart: until - hourMs,
    value: seen / per,
    expected: usual / per,
    expectedLow: Math.max(0, usual - spread) / per,
    expectedHigh: Math.min(most, (usual + spread) / per),
    // A likelihood ratio this large comes by chance at most this often, however long one looks.
    pValue: Math.min(1, Math.exp(-Math.max(0, gain))),
    z: (point.way === 'low' ? usual - seen : seen - usual) / Math.sqrt(Math.max(usual, 1) * slice.spread),
  }
}

function severityOf(roots: readonly Root[]): number {
  const far = Math.min(1, Math.max(...roots.map(({ gain, limit }) => gain / limit)) / 3)
  const changes = roots.map(({ seen, usual }) => Math.abs(seen - usual) / Math.max(usual, 1))
  const large = 1 - Math.exp(-1.5 * Math.max(...changes))
  const broad = Math.min(1, new Set(roots.map(({ slice }) => slice.kind.step)).size / 4)
  return Math.round(Math.min(1, 0.35 * far + 0.45 * large + 0.2 * broad) * 1000) / 1000
}

/** The slice itself, with the part it has in what strays of the step. */
function causesOf({ slice, share }: Root): Constraint['causes'] {
  if (slice.dimension === 'all') return []
  const dimensions = slice.dimension.split(' x ')
  const values = slice.value.split(' x ')
  const parts = dimensions.map((dimension, i) => ({ dimension, value: values[i] ?? '' }))
  return [{ dimension: slice.dimension, value: slice.value, share, slice: parts }]
}
