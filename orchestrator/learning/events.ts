// What the log keeps of the models of a market: definitions of own models, what was decided about versions, and where
// scores lie. Folded from the beginning; what can be recomputed is not here.

import type { api } from '#data/contracts'
import type { EventLog, StoredEvent } from '#data/log'
import type { ModelDecision } from '#models'

/** Data of `ModelDefined`: an own model, new or changed. */
export interface ModelDefined {
  definition: api.OwnModelDraft
  by: string
  at: number
}

/** Data of `ModelDeleted`: an own model is gone, with its scores. */
export interface ModelDeleted {
  model: string
  by: string
  at: number
}

/** Data of `ModelScored`: scores of an own model lie in a file of the lake. */
export interface ModelScored {
  model: string
  version: string
  runId: string
  /** Below the lake. */
  file: string
  sha256: string
  rows: number
  /** Epoch ms, wall time. */
  at: number
}

/** What is known of the models of a market. */
export interface ModelFacts {
  definitions: Map<string, api.OwnModelDraft>
  /** Oldest first. */
  decisions: ModelDecision[]
  scored: Map<string, ModelScored>
  /** Last event that was read. */
  seq: number
}

/** Decisions remembered of all models together. */
const decisionsMost = 10_000
const batch = 1_000

/** Name of the stream that holds the models of a market. */
export function modelStream(market: string): string {
  return `models:${market}`
}

/** The facts before the first event. */
export function noFacts(): ModelFacts {
  return { definitions: new Map(), decisions: [], scored: new Map(), seq: 0 }
}

/** Takes an event into the facts; types that it does not know say nothing. */
export function takeIn(
  facts: ModelFacts,
  { type, data, seq }: Pick<StoredEvent, 'type' | 'data' | 'seq'>,
): void {
  facts.seq = seq
  if (type === 'ModelDefined') {
    const { definition } = data as ModelDefined
    facts.definitions.set(definition.model, definition)
  } else if (type === 'ModelDeleted') {
    const { model } = data as ModelDeleted
    facts.definitions.delete(model)
    facts.scored.delete(model)
    facts.decisions = facts.decisions.filter((decision) => decision.model !== model)
  } else if (type === 'ModelDecided') {
    facts.decisions = [...facts.decisions, data as ModelDecision].slice(-decisionsMost)
  } else if (type === 'ModelScored') {
    const scored = data as ModelScored
    if (facts.definitions.has(scored.model)) facts.scored.set(scored.model, scored)
  }
}

/** Brings facts up to the end of the stream. @throws LOG_UNAVAILABLE, LOG_DAMAGED */
export async function readFacts(
  log: EventLog,
  market: string,
  facts: ModelFacts = noFacts(),
): Promise<ModelFacts> {
  for (;;) {
    const events = await log.read(modelStream(market), facts.seq, batch)
    for (const event of events) takeIn(facts, event)
    if (events.length < batch) return facts
  }
}
