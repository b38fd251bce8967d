// Carriers whose parcels plainly take longer, as constraints: parcels that should have come say so a day or more before
// steps of work do. It opens nothing and changes nothing.

import { type CoreState, type Incident, partsOfSlice, type Slice } from '#orchestrator/core'
import type { SlowCarrier, SlowWays } from '#orchestrator/sourcing'
import { endOf, type Told } from './own-constraints.ts'

/** What tells of them, as the model of an incident. */
const byParcels = 'parcel_days'
const metric = 'transit_hours'
const dimension = 'carrier'
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
  const incidents = openOf(state)
  const ours = incidents.filter(({ model }) => isByParcels(model))
  const still = new Set(slices.flatMap(({ incidentId, days }) => (days > 0 ? (incidentId ?? []) : [])))
  const lasting = new Set(
    ours.flatMap(({ incidentId, dimensionValue }) => (still.has(incidentId) ? dimensionValue : [])),
  )
  const others = found.filter((one) => {
    if (!ofDeliveries.has(one.metric) || !partsOf(one).some((carrier) => lasting.has(carrier))) return true
    // What was told of a part before ends by itself.
    return one.key !== keyOf(one.dimensionValue) && state.openIncidents.has(one.key)
  })
  const breaching = others.filter(({ isBreaching }) => isBreaching)
  const inTrouble = new Set([
    ...breaching.filter(({ key, dimensionValue }) => key === keyOf(dimensionValue)).flatMap(partsOf),
    ...incidents.filter(({ model }) => !isByParcels(model)).flatMap(partsOf),
  ])
  const told = plain.filter(({ carrier }) => !inTrouble.has(carrier))
  const isTold = (carrier: string) => inTrouble.has(carrier) || told.some((one) => one.carrier === carrier)
  const ended = ours.filter(
    ({ incidentId, dimensionValue }) => !still.has(incidentId) && !isTold(dimensionValue),
  )
  return [...others, ...told.map(constraintOf), ...ended.map(endOf)]
}

function openOf({ openIncidents, incidents }: CoreState): Incident[] {
  return [...openIncidents.values()].flatMap((id) => incidents.get(id) ?? [])
}

/** Carriers that a slice names. */
function partsOf(slice: Slice): string[] {
  return partsOfSlice(slice).flatMap((part) => (part.dimension === dimension ? part.value : []))
}

const keyOf = (carrier: string): string => `${dimension}/${carrier}`

function constraintOf({ carrier, days, since, usual }: SlowCarrier): Told {
  return {
    ...{ key: keyOf(carrier), metric, dimension, dimensionValue: carrier },
    severity: Math.min(severity.most, severity.least + severity.eachDay * days),
    beganAt: since,
    value: (usual.median + days) * 24,
    expected: usual.median * 24,
    expectedLow: usual.low * 24,
    expectedHigh: usual.high * 24,
    pValue: null,
    model: byParcels,
    causes: [{ dimension, value: carrier, share: 1 }],
    isBreaching: true,
    hasRecovered: false,
  }
}
