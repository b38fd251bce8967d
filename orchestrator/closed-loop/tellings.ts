// What was told of incidents, read from the events of a market: each opening, each return and each change of what is
// wrong, with the causes named then; and for which of them orders were moved. It decides nothing.

import type { StoredEvent } from '#data/log'
import type { DecisionRecord, EventData, Incident } from '#orchestrator/core'

/** An incident that was opened, came back, or tells of another metric than before. */
export type ToldIncident = Pick<
  Incident,
  'incidentId' | 'key' | 'dimension' | 'dimensionValue' | 'metric' | 'severity' | 'causes' | 'title'
> & {
  /** Epoch ms of the market. */
  openedAt: number
}

/** Why an order was moved. */
export interface FirstMove {
  /** Epoch ms of the market. */
  at: number
  /** What its incident said; null where it was moved for itself. */
  incident: Pick<ToldIncident, 'key' | 'metric'> | null
  /** What was thought of it then. */
  decision: Required<Pick<DecisionRecord, 'fromNodeId' | 'toNodeId' | 'riskBefore' | 'riskAfter'>>
}

/** What is added within this time still belongs to the telling, ms: the first look is a short one. */
const soonMs = 3_600_000

/** The tellings of a market. */
export class Tellings {
  readonly all: ToldIncident[] = []
  /** By order, of its first move. */
  readonly moves = new Map<string, FirstMove>()
  /** The last telling of each incident. */
  readonly #last = new Map<string, ToldIncident>()

  /** The same events, noted on their way. */
  watching(events: Iterable<StoredEvent>): Iterable<StoredEvent> {
    return Iterator.from(events).map((event) => {
      if (event.type.startsWith('Incident')) this.#note(event)
      else if (event.type === 'OrderRerouted') this.#noteMove(event)
      return event
    })
  }

  #note({ type, data }: StoredEvent): void {
    if (type === 'IncidentOpened') {
      const { incidentId, finding, at } = data as EventData['IncidentOpened'] & { at: number }
      this.#tell({ ...partOf(finding), incidentId, openedAt: at })
    } else if (type === 'IncidentReopened') {
      const { incidentId, finding, at } = data as EventData['IncidentReopened'] & { at: number }
      const before = this.#last.get(incidentId)
      const told = finding === null ? before : { ...partOf(finding), incidentId, openedAt: at }
      if (told !== undefined) this.#tell({ ...told, openedAt: at })
    } else if (type === 'IncidentUpdated') {
      const { incidentId, finding, at } = data as EventData['IncidentUpdated'] & { at: number }
      const told = this.#last.get(incidentId)
      if (told === undefined) return
      // What is said of another metric is news, though the slice was told of before.
      if (finding.metric !== told.metric) this.#tell({ ...partOf(finding), incidentId, openedAt: at })
      else if (at <= told.openedAt + soonMs) told.causes = finding.causes
    }
  }

  #noteMove({ data }: StoredEvent): void {
    const { orderId, decision, at } = data as EventData['OrderRerouted'] & { at: number }
    if (this.moves.has(orderId)) return
    const told = decision.incidentId === null ? undefined : this.#last.get(decision.incidentId)
    const incident = told === undefined ? null : { key: told.key, metric: told.metric }
    const { fromNodeId, toNodeId, riskBefore = null, riskAfter = null } = decision
    this.moves.set(orderId, { at, incident, decision: { fromNodeId, toNodeId, riskBefore, riskAfter } })
  }

  #tell(told: ToldIncident): void {
    this.all.push(told)
    this.#last.set(told.incidentId, told)
  }
}

function partOf({
  key,
  dimension,
  dimensionValue,
  metric,
  severity,
  causes,
  title,
}: EventData['IncidentOpened']['finding']) {
  return { key, dimension, dimensionValue, metric, severity, causes, title }
}
