// An incident of its own for a receiver that was turned off because it failed: somebody does not hear what they asked
// for. It ends when the receiver is on again or gone. It never turns anything on or off.

import type { Core } from '#orchestrator/core'

/** A receiver that was turned off. */
export interface LostReceiver {
  /** The same for the same time of being off. */
  incidentId: string
  webhookId: string
  /** One sentence. */
  title: string
  failures: number
}

/** Where receivers that fail are reported. */
export interface ReceiverAlarm {
  /** Opens an incident; asked again with the same id it changes nothing. */
  raise(lost: LostReceiver): Promise<void>
  /** Ends the incident of the receiver, where one is open. */
  clear(webhookId: string, reason: string): Promise<void>
  /** Ids of the receivers whose incident is open. */
  open(): readonly string[]
}

const dimension = 'receiver'
const severity = 0.7

/**
 * An alarm that opens incidents in the core.
 * @param now time of the market, epoch ms
 */
export function coreAlarm(core: Pick<Core, 'state' | 'execute'>, now: () => number): ReceiverAlarm {
  return {
    raise: async ({ incidentId, webhookId, title, failures }) => {
      const state = core.state()
      const key = keyOf(webhookId)
      if (state.incidents.has(incidentId) || state.openIncidents.has(key)) return
      const at = now()
      const finding = {
        ...{ key, metric: 'receiver_failing', dimension, dimensionValue: webhookId, severity, title },
        ...{ beganAt: at, value: failures, expected: 0, expectedLow: 0, expectedHigh: 0 },
        ...{ pValue: null, model: 'rule', causes: [] },
      }
      const currency = state.orders.values().next().value?.currency ?? 'USD'
      const impact = { ordersAtRisk: 0, centsAtRisk: 0, currency }
      const data = { incidentId, finding, impact, isNoticed: true }
      await core.execute('OpenIncident', data, { at, commandId: incidentId })
    },
    clear: async (webhookId, reason) => {
      const incidentId = core.state().openIncidents.get(keyOf(webhookId))
      if (incidentId === undefined) return
      await core.execute('ResolveIncident', { incidentId, reason }, { at: now() })
    },
    open: () => {
      const keys = [...core.state().openIncidents.keys()].filter((key) => key.startsWith(keyOf('')))
      return keys.map((key) => key.slice(keyOf('').length))
    },
  }
}

function keyOf(webhookId: string): string {
  return `${dimension}/${webhookId}`
}
