// Carriers whose parcels plainly take longer, as constraints: parcels that should have come say so a day or more before
// steps of work do. It opens nothing and changes nothing.

import type { CoreState, Incident } from '#orchestrator/core'
import { partsOfSlice, type SlowCarrier, type SlowWays } from '#orchestrator/sourcing'
import { endOf, type Told } from './own-constraints.ts'

/** What tells of them, as the model of an incident. */
const byParcels = 'parcel_days'
const metric = 'transit_hours'
/** What steps and series say of the same. */
const ofDeliveries: ReadonlySet<string> = new Set(['delivered_orders', 'transit_hours', 'late_share'])
const severity = { least: 0.4, eachDay: 0.15, most: 0.9 }

/** Whether an incident is told by days of parcels. */
export const isByParcels = (model: string | undefined): boolean => model === byParcels

/**
 * What detection found, with carriers that are slow: what it says of their deliveries while they are told of is no
 * other incident. A carrier that is in trouble already is told of as that.
 */
export function withSlowCarriers(
  found: readonly Told[],
  state: CoreState,
  { slices, plain }: SlowWays,
): Told[] {
  const open = openBy(state)
  const still = new Set(slices.flatMap(({ incidentId, days }) => (days > 0 ? (incidentId ?? []) : [])))
  const lasting = open.filter(({ incidentId }) => still.has(incidentId))
  const known = openOf(state)
  const others = found.filter(
    (one) =>
      !ofDeliveries.has(one.metric) ||
      !(lasting.some((ours) => ours.key === one.key) || (!known.has(one.key) && isWithin(one, lasting))),
  )
  const taken = new Set(others.filter(({ isBreaching }) => isBreaching).map(({ key }) => key))
  const told = plain
    .filter((one) => !taken.has(keyOf(one)) && !isToldOf(one, [...known.values()], plain))
    .map(constraintOf)
  const keys = new Set(told.map(({ key }) => key))
  const ended = open.filter(
    ({ key, incidentId }) => !still.has(incidentId) && !keys.has(key) && !taken.has(key),
  )
  return [...others, ...told, ...ended.map(endOf)]
}

function openOf({ openIncidents, incidents }: CoreState): Map<string, Incident> {
  return new Map(
    [...openIncidents].flatMap(([key, id]) => {
      const incident = incidents.get(id)
      return incident === undefined ? [] : [[key, incident] as const]
    }),
  )
}

const openBy = (state: CoreState): Incident[] =>
  [...openOf(state).values()].filter(({ model }) => isByParcels(model))

/** Whether a slice is a part of one that is told. */
function isWithin(one: Told, told: readonly Incident[]): boolean {
  const parts = partsOfSlice(one)
  return told.some((whole) => partsOfSlice(whole).every((part) => parts.some((each) => isPart(each, part))))
}

function isPart(part: Slice, whole: Slice): boolean {
  const isLaneInto = part.dimension === 'lane' && whole.dimension === 'region'
  if (isLaneInto) return part.value.endsWith(`>${whole.value}`)
  return part.dimension === whole.dimension && part.value === whole.value
}

type Slice = ReturnType<typeof partsOfSlice>[number]

/** Whether something else says it: the carrier as a whole, or an incident of it there. */
function isToldOf(one: SlowCarrier, open: readonly Incident[], plain: readonly SlowCarrier[]): boolean {
  const { carrier, region } = one
  if (region !== null && plain.some((other) => other.carrier === carrier && other.region === null))
    return true
  return open.some((incident) => {
    const parts = partsOfSlice(incident)
    if (!parts.some(({ dimension, value }) => dimension === 'carrier' && value === carrier)) return false
    if (isByParcels(incident.model) && incident.key === keyOf(one)) return false
    return (
      parts.length === 1 ||
      region === null ||
      parts.some((part) => isPart(part, { dimension: 'region', value: region }))
    )
  })
}

const dimensionOf = ({ region }: SlowCarrier): string => (region === null ? 'carrier' : 'carrier x region')
const nameOf = ({ carrier, region }: SlowCarrier): string =>
  region === null ? carrier : `${carrier} x ${region}`
const keyOf = (one: SlowCarrier): string => `${dimensionOf(one)}/${nameOf(one)}`

function constraintOf(one: SlowCarrier): Told {
  const { carrier, region, days, since, usual } = one
  const carrierPart = { dimension: 'carrier', value: carrier }
  const slice = region === null ? [carrierPart] : [carrierPart, { dimension: 'region', value: region }]
  return {
    key: keyOf(one),
    metric,
    dimension: dimensionOf(one) as Told['dimension'],
    dimensionValue: nameOf(one),
    severity: Math.min(severity.most, severity.least + severity.eachDay * days),
    beganAt: since,
    value: (usual.median + days) * 24,
    expected: usual.median * 24,
    expectedLow: usual.low * 24,
    expectedHigh: usual.high * 24,
    pValue: null,
    model: byParcels,
    causes: [{ dimension: dimensionOf(one), value: nameOf(one), share: 1, slice }],
    isBreaching: true,
    hasRecovered: false,
  }
}
