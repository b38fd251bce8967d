// What always holds of stock: figures, promises, ring fences, reservations. Pure functions that never repair.

import { availableOf, type CoreState, dueBy, partsOfKey, stockKey } from '#orchestrator/core'
import type { PositionInvariant, StateInvariant, StepInvariant } from './shapes.ts'

const isCount = (value: number) => Number.isSafeInteger(value) && value >= 0

/** Rules on positions. */
export const positionRules: readonly PositionInvariant[] = [
  {
    scope: 'position',
    id: 'stock_is_counted_in_units',
    says: 'Figures of stock are whole; only on hand may be negative, where more was sent than had been counted.',
    find: ({ onHand, allocated, reserved, safetyStock, ringFenced }) =>
      Number.isSafeInteger(onHand) && [allocated, reserved, safetyStock, ringFenced].every(isCount)
        ? null
        : `on hand ${onHand}, allocated ${allocated}, reserved ${reserved}, safety stock ${safetyStock}`,
  },
  {
    scope: 'position',
    id: 'ring_fences_add_up',
    says: 'Ring-fenced units of a position are those of its channels.',
    find: ({ ringFenced, more }) => {
      const units = Object.values(more?.channels ?? {})
      const sum = units.reduce((total, each) => total + each, 0)
      return sum === ringFenced && units.every(isCount)
        ? null
        : `${ringFenced} ring-fenced, channels have ${sum}`
    },
  },
  {
    scope: 'position',
    id: 'allocated_is_reserved_work',
    says: 'Allocated units of a position are the units of the reserved open work there.',
    find: ({ allocated }, held) => (allocated === held ? null : `${allocated} allocated, work holds ${held}`),
  },
]

/** Rules on what a command did. */
export const stepRules: readonly StepInvariant[] = [
  {
    scope: 'step',
    id: 'nothing_is_oversold',
    says: 'No command promises units that a position does not have, beyond the backorder limit that holds there.',
    find: (before, after, limit) => {
      const promised = after.allocated + after.reserved
      const general = availableOf(after)
      const was = before === undefined ? 0 : before.allocated + before.reserved
      // Units out of a ring fence may be promised while a count left nothing for everybody else.
      const least = Math.min(-limit, before === undefined ? 0 : availableOf(before))
      if (promised <= was || (general >= least && general + after.ringFenced >= -limit)) return null
      return `promised went from ${was} to ${promised}, available is ${general}`
    },
  },
]

/** Rules on what finds positions and reservations. */
export const stockStateRules: readonly StateInvariant[] = [
  {
    scope: 'state',
    id: 'positions_are_indexed',
    says: 'Every stock position is found by its SKU, and its node is one with a stock feed.',
    *find({ stock, stockOfSku, trackedNodes }) {
      for (const [key, { sku, nodeId }] of stock) {
        if (stockOfSku.get(sku)?.includes(key) !== true || !trackedNodes.has(nodeId)) {
          yield { subject: positionName(sku, nodeId), found: 'is not found by its SKU or node' }
        }
      }
    },
  },
  {
    scope: 'state',
    id: 'reserved_is_reservations',
    says: 'Reserved units of a position are the units of the reservations there that have not ended.',
    *find({ stock, reservations, untrackedReserved }) {
      const held = new Map<string, number>()
      for (const { lines } of reservations.values()) {
        for (const { sku, nodeId, quantity } of lines) {
          const key = stockKey(sku, nodeId)
          held.set(key, (held.get(key) ?? 0) + quantity)
        }
      }
      for (const key of new Set([...held.keys(), ...stock.keys(), ...untrackedReserved.keys()])) {
        const known = stock.get(key)?.reserved ?? untrackedReserved.get(key) ?? 0
        const units = held.get(key) ?? 0
        const { sku, nodeId } = partsOfKey(key)
        if (known !== units) {
          yield { subject: positionName(sku, nodeId), found: `${known} reserved, reservations hold ${units}` }
        }
      }
    },
  },
  {
    scope: 'state',
    id: 'reservations_end_in_time',
    says: 'Every reservation that has not ended is listed by its end, and no other.',
    *find({ reservations, expiries, expiriesAt }) {
      let listed = 0
      for (const reservationId of dueBy(expiries, Number.POSITIVE_INFINITY)) {
        listed++
        if (!reservations.has(reservationId))
          yield { subject: `reservation ${reservationId}`, found: 'is listed, but over' }
      }
      if (listed !== reservations.size)
        yield { subject: 'index of ends', found: `lists ${listed} of ${reservations.size} reservations` }
      yield* endsByPosition(reservations, expiriesAt)
    },
  },
]

function* endsByPosition(
  reservations: CoreState['reservations'],
  expiriesAt: CoreState['expiriesAt'],
): Generator<{ subject: string; found: string }> {
  const wanted = new Map<string, number>()
  for (const { lines } of reservations.values()) {
    for (const { sku, nodeId } of lines) {
      const key = stockKey(sku, nodeId)
      wanted.set(key, (wanted.get(key) ?? 0) + 1)
    }
  }
  for (const key of new Set([...wanted.keys(), ...expiriesAt.keys()])) {
    const ids = [...dueBy(expiriesAt.get(key) ?? null, Number.POSITIVE_INFINITY)]
    const isRight = ids.length === (wanted.get(key) ?? 0) && ids.every((id) => reservations.has(id))
    const { sku, nodeId } = partsOfKey(key)
    if (!isRight) yield { subject: positionName(sku, nodeId), found: 'lists other reservations than hold it' }
  }
}

/** How a position is called in reports. */
export function positionName(sku: string, nodeId: string): string {
  return `position ${sku} at ${nodeId}`
}
