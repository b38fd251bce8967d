// Carriers that charge more than their rate cards say, as constraints: sourcing avoids them by itself, and so hides
// them from series of what is paid. It opens nothing and changes nothing.

import type { CoreState } from '#orchestrator/core'
import type { CarrierPrice } from '#orchestrator/sourcing'
import { endOf, type Told } from './own-constraints.ts'

/** What tells of them, as the model of an incident. */
const byCards = 'rate_cards'
const metric = 'freight_per_parcel'
/** Severity of a carrier that is no dearer, and how much each time its price adds. */
const severity = { least: 0.25, each: 0.3, most: 0.9 }
/** Up to that share of the card a price counts as usual. */
const usualMost = 1.2

/** Whether an incident is told by rate cards. */
export const isByCards = (model: string | undefined): boolean => model === byCards

/** Keys of open incidents that only rate cards tell of. */
export function keysByCards({ openIncidents, incidents }: CoreState): ReadonlySet<string> {
  const keys = [...openIncidents].flatMap(([key, id]) => (incidents.get(id)?.model === byCards ? [key] : []))
  return new Set(keys)
}

/**
 * What detection found, with carriers that are dear in place of what series of freight say of carriers: where cards
 * tell what a parcel should cost, dearer ones may as well be heavier, or go farther.
 */
export function withDearCarriers(
  found: readonly Told[],
  state: CoreState,
  prices: ReadonlyMap<string, CarrierPrice>,
): Told[] {
  const open = keysByCards(state)
  const isOurs = ({ key, metric: of, dimensionValue }: Told) =>
    of === metric && key === keyOf(dimensionValue) && (open.has(key) || prices.has(dimensionValue))
  const isDear = (carrier: string) => prices.get(carrier)?.isDear === true
  const others = found.flatMap((one) => {
    if (!isOurs(one)) return [one]
    const isOver = state.openIncidents.has(one.key) && !open.has(one.key) && !isDear(one.dimensionValue)
    return isOver ? [{ ...one, isBreaching: false, hasRecovered: true }] : []
  })
  const taken = new Set(others.filter(({ isBreaching }) => isBreaching).map(({ key }) => key))
  const told = [...prices].flatMap(([carrier, seen]) => {
    const key = keyOf(carrier)
    const incident = state.incidents.get(state.openIncidents.get(key) ?? '')
    // A carrier that is in trouble of another kind is told of as that.
    if (!seen.isDear || taken.has(key) || (incident !== undefined && incident.metric !== metric)) return []
    return [constraintOf(carrier, seen)]
  })
  const ended = [...open].flatMap((key) => {
    const incident = state.incidents.get(state.openIncidents.get(key) ?? '')
    if (incident === undefined || taken.has(key) || isDear(incident.dimensionValue)) return []
    return [endOf(incident)]
  })
  return [...others, ...told, ...ended]
}

const keyOf = (carrier: string): string => `carrier/${carrier}`

function constraintOf(carrier: string, { times, paidCents, plannedCents, since }: CarrierPrice): Told {
  return {
    key: keyOf(carrier),
    metric,
    dimension: 'carrier',
    dimensionValue: carrier,
    severity: Math.min(severity.most, severity.least + severity.each * (times - 1)),
    beganAt: since,
    value: paidCents,
    expected: plannedCents,
    expectedLow: plannedCents,
    expectedHigh: usualMost * plannedCents,
    pValue: null,
    model: byCards,
    causes: [{ dimension: 'carrier', value: carrier, share: 1 }],
    isBreaching: true,
    hasRecovered: false,
  }
}
