// The stream of a market's models, written by one process: facts in memory, events appended one after the other. It
// decides nothing.

import { randomUUID } from 'node:crypto'
import type { EventLog } from '#data/log'
import type { ModelJournal } from '#models'
import {
  type ModelDefined,
  type ModelDeleted,
  type ModelFacts,
  type ModelScored,
  modelStream,
  readFacts,
  takeIn,
} from './events.ts'

/** The models of a market as the log knows them. */
export class ModelBook {
  readonly #log: EventLog
  readonly #market: string
  readonly #facts: ModelFacts
  #turn: Promise<unknown> = Promise.resolve()

  private constructor(log: EventLog, market: string, facts: ModelFacts) {
    this.#log = log
    this.#market = market
    this.#facts = facts
  }

  /** The book of a market. @throws LOG_UNAVAILABLE, LOG_DAMAGED */
  static async open(log: EventLog, market: string): Promise<ModelBook> {
    return new ModelBook(log, market, await readFacts(log, market))
  }

  /** What is known after the last durable event. */
  get facts(): Readonly<ModelFacts> {
    return this.#facts
  }

  /** What the registry of models is told, and tells. */
  get journal(): ModelJournal {
    return {
      decisions: [...this.#facts.decisions],
      record: (decision) => this.#append('ModelDecided', decision),
    }
  }

  /** @throws LOG_FENCED, LOG_UNAVAILABLE */
  defined(data: ModelDefined): Promise<void> {
    return this.#append('ModelDefined', data)
  }

  /** @throws LOG_FENCED, LOG_UNAVAILABLE */
  deleted(data: ModelDeleted): Promise<void> {
    return this.#append('ModelDeleted', data)
  }

  /** @throws LOG_FENCED, LOG_UNAVAILABLE */
  scored(data: ModelScored): Promise<void> {
    return this.#append('ModelScored', data)
  }

  /** One at a time; where another writer came between, its events are read before the next one. */
  #append(type: string, data: unknown): Promise<void> {
    const turn = this.#turn.then(async () => {
      const stream = modelStream(this.#market)
      await readFacts(this.#log, this.#market, this.#facts)
      const event = { eventId: `${randomUUID()}/0`, type, data }
      const { lastSeq } = await this.#log.append(stream, this.#facts.seq, [event])
      takeIn(this.#facts, { ...event, seq: lastSeq })
    })
    this.#turn = turn.catch(() => undefined)
    return turn
  }
}
