// Reads the market's stream and decides which message waits for whom. It looks at each event once, in order, and
// moves its cursor and queues what it found with the same event of the log.

import type { Effects } from '#data/kernel'
import type { EventLog, StoredEvent } from '#data/log'
import type { Receiver, Vault } from '#data/vault'
import type { CoreState } from '#orchestrator/core'
import { Audience, incidentOf } from './audience.ts'
import type { Message, QueuedMessage, WebhookQueued } from './events.ts'
import { type Ledger, toldRecord } from './ledger.ts'
import { Announcer, messageAt } from './message/announcer.ts'
import type { Outbox } from './outbox.ts'
import type { WatchedCore, WebhookLimits } from './types.ts'

/** What the scanner works with. */
export interface ScannerOptions {
  log: EventLog
  core: WatchedCore
  effects: Pick<Effects, 'clock' | 'logger'>
  ledger: Ledger
  outbox: Outbox
  limits: Pick<WebhookLimits, 'gatherMs' | 'waiting'>
  vault: Vault
  /** Called when messages wait that did not before. */
  onQueued: (webhookIds: Iterable<string>) => void
}

/** Events of the market read at once. */
const batchEvents = 1_000
/** The wait after a look that failed, ms. */
const againMs = 2_000

/** Watches one market. */
export class Scanner {
  readonly #options: ScannerOptions
  #last: Promise<unknown> = Promise.resolve()
  #isAsked = false
  #isClosed = false
  /** Receivers whose missed messages are about to be looked up. */
  readonly #catching = new Set<string>()
  #cancelTimer: () => void = () => undefined

  constructor(options: ScannerOptions) {
    this.#options = options
  }

  /** Looks for news soon. */
  wake(afterMs = this.#options.limits.gatherMs): void {
    if (this.#isAsked || this.#isClosed) return
    this.#isAsked = true
    this.#cancelTimer = this.#options.effects.clock.after(afterMs, () => {
      this.#isAsked = false
      this.alone(() => this.#scan()).catch((error: unknown) => {
        this.#options.effects.logger.warn({ err: error }, 'looking for webhook messages failed, trying again')
        this.wake(againMs)
      })
    })
  }

  /** Runs `work` when nothing else of the scanner runs. */
  alone<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work)
    this.#last = turn.catch(() => undefined)
    return turn
  }

  /** Reads to the end and makes the cursor durable: who is told from then on is told nothing older. */
  mark(): Promise<void> {
    return this.alone(async () => {
      await this.#scan()
      const { ledger, outbox } = this.#options
      const announced = Object.fromEntries(ledger.announced)
      const data = {
        seq: ledger.cursor ?? 0,
        queued: [],
        announced,
        told: toldRecord(ledger.told),
        behind: [],
      }
      await outbox.append({ type: 'WebhookCursorMoved', data })
    })
  }

  /** Queues what a receiver that fell behind has missed, as far as there is room. */
  async catchUp(webhookId: string): Promise<void> {
    if (this.#catching.has(webhookId)) return
    this.#catching.add(webhookId)
    try {
      await this.alone(() => this.#catchUp(webhookId))
    } finally {
      this.#catching.delete(webhookId)
    }
  }

  /** Queues one message again. */
  async replayOne(receiver: Receiver, message: Message): Promise<void> {
    await this.alone(() => this.#queue(receiver, [message], { isReplay: true }))
  }

  /** Queues all messages recorded since then (epoch ms, wall time) again; how many. */
  replaySince(receiver: Receiver, since: number): Promise<number> {
    return this.alone(async () => {
      await this.#scan()
      const { ledger, limits } = this.#options
      const from = await this.#seqBefore(since)
      const { messages } = await this.#messagesAfter(receiver, from)
      const { behindFrom, replayLeft, queue } = ledger.of(receiver.webhookId)
      // What comes after that waits as new.
      const to = behindFrom ?? ledger.cursor ?? 0
      const asked = messages.filter(({ seq }) => seq <= to)
      // One that is not over yet is made longer.
      const room = replayLeft === null ? Math.max(0, limits.waiting - queue.replays) : 0
      const now = asked.slice(0, room)
      const left = {
        from: Math.min(now.at(-1)?.seq ?? from, replayLeft?.from ?? to),
        to: Math.max(to, replayLeft?.to ?? 0),
      }
      const isWhole = now.length === asked.length
      await this.#queue(receiver, now, { isReplay: true, ...(isWhole ? {} : { replayLeft: left }) })
      return messages.length
    })
  }

  /** Ends looking; what is being written goes on. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#cancelTimer()
    await this.#last
  }

  async #scan(): Promise<void> {
    const { core, ledger } = this.#options
    while (!this.#isClosed && (ledger.cursor ?? 0) < core.lastSeq) {
      const all = await this.#options.vault.listWebhooks(core.market)
      const receivers = all.filter(({ status }) => status === 'enabled')
      // A log whose deliveries were never followed starts with what happens next.
      if (receivers.length === 0 || ledger.cursor === null) this.#skip()
      else await this.#scanBatch(ledger.cursor, receivers)
    }
  }

  /** Moves to the end at once: nobody is to be told. */
  #skip(): void {
    const { core, ledger } = this.#options
    const open = [...core.state().incidents.values()].filter(({ status }) => status !== 'resolved')
    ledger.announced = new Map(
      open.map(({ incidentId, severity, ordersAtRisk }) => [incidentId, { severity, ordersAtRisk }]),
    )
    // Whoever was told before and listens again later still hears of the end.
    const kept = [...ledger.told].filter(
      ([subject]) => core.state().incidents.get(incidentOf(subject))?.status !== 'resolved',
    )
    const untold = open.map(({ incidentId }): [string, Set<string>] => [incidentId, new Set()])
    ledger.told = new Map([...untold, ...kept])
    ledger.cursor = core.lastSeq
  }

  async #scanBatch(from: number, receivers: readonly Receiver[]): Promise<void> {
    const { log, core, ledger, outbox, limits } = this.#options
    const events = await log.read(core.stream, from, Math.min(batchEvents, core.lastSeq - from))
    const seq = events.at(-1)?.seq ?? core.lastSeq
    const announcer = new Announcer(ledger.announced)
    const audience = new Audience(receivers, ledger.told)
    const isFull = (webhookId: string): boolean => {
      const { behindFrom, queue } = ledger.of(webhookId)
      return behindFrom !== null || queue.news >= limits.waiting
    }
    const full = new Set(receivers.map(({ webhookId }) => webhookId).filter(isFull))
    const queued: QueuedMessage[] = []
    const behind = new Set<string>()
    const waiting = new Set<string>()
    for (const { message, webhookIds } of messagesFor(events, announcer, audience, core.state())) {
      const free = webhookIds.filter((id) => !full.has(id))
      for (const id of webhookIds) (full.has(id) ? behind : waiting).add(id)
      if (free.length > 0) queued.push({ ...message, webhookIds: free })
    }
    if (queued.length + behind.size > 0 || announcer.isChanged || audience.isChanged) {
      const announced = Object.fromEntries(announcer.announced)
      const told = audience.isChanged ? { told: toldRecord(audience.told) } : {}
      const data = { seq, queued, announced, behind: [...behind], ...told }
      await outbox.append({ type: 'WebhookCursorMoved', data })
    }
    ledger.cursor = seq
    this.#options.onQueued([...waiting, ...behind])
  }

  async #catchUp(webhookId: string): Promise<void> {
    const receiver = await this.#options.vault.getWebhook(webhookId)
    if (receiver === null) return
    await this.#catchUpNew(receiver)
    await this.#goOnReplaying(receiver)
  }

  async #catchUpNew(receiver: Receiver): Promise<void> {
    const { ledger, limits } = this.#options
    const { behindFrom, queue } = ledger.of(receiver.webhookId)
    const most = limits.waiting - queue.news
    if (behindFrom === null || most <= 0 || this.#isClosed) return
    const { messages, readTo } = await this.#messagesAfter(receiver, behindFrom, { most })
    await this.#queue(receiver, messages, { behindFrom: readTo < (ledger.cursor ?? 0) ? readTo : null })
  }

  async #goOnReplaying(receiver: Receiver): Promise<void> {
    const { ledger, limits } = this.#options
    const { replayLeft, queue } = ledger.of(receiver.webhookId)
    const most = limits.waiting - queue.replays
    if (replayLeft === null || most <= 0 || this.#isClosed) return
    const { from, to } = replayLeft
    const { messages, readTo } = await this.#messagesAfter(receiver, from, { most, to })
    const left = readTo < to ? { from: readTo, to } : null
    await this.#queue(receiver, messages, { isReplay: true, replayLeft: left })
  }

  /** Messages of events after `from`, at most so many and up to `to`; how far it read. */
  async #messagesAfter(
    receiver: Receiver,
    from: number,
    { most = Number.POSITIVE_INFINITY, to = Number.POSITIVE_INFINITY } = {},
  ) {
    const { log, core, ledger } = this.#options
    const end = Math.min(to, ledger.cursor ?? 0)
    const announcer = new Announcer()
    const audience = new Audience([receiver], new Map(), true)
    const messages: Message[] = []
    let readTo = from
    while (readTo < end && !this.#isClosed) {
      const events = await log.read(core.stream, readTo, Math.min(batchEvents, end - readTo))
      if (events.length === 0) break
      for (const { message } of messagesFor(events, announcer, audience, core.state())) {
        if (messages.length >= most) return { messages, readTo: message.seq - 1 }
        messages.push(message)
      }
      readTo = events.at(-1)?.seq ?? end
    }
    return { messages, readTo }
  }

  async #queue(
    receiver: Receiver,
    messages: readonly Message[],
    how: Pick<WebhookQueued, 'behindFrom' | 'isReplay' | 'replayLeft'>,
  ): Promise<void> {
    const changesNothing = how.behindFrom === undefined && how.replayLeft === undefined
    if (messages.length === 0 && changesNothing) return
    const { webhookId } = receiver
    const data = { webhookId, messages, ...how }
    await this.#options.outbox.append({ type: 'WebhookQueued', data })
    this.#options.onQueued([webhookId])
  }

  /** Seq of the last event recorded before the time, found by halving. */
  async #seqBefore(since: number): Promise<number> {
    const { log, core } = this.#options
    let low = 0
    for (let high = core.lastSeq; low < high; ) {
      const middle = (low + high) >> 1
      const [event] = await log.read(core.stream, middle, 1)
      if (event !== undefined && event.recordedAt < since) low = middle + 1
      else high = middle
    }
    return low
  }
}

function* messagesFor(
  events: readonly StoredEvent[],
  announcer: Announcer,
  audience: Audience,
  state: CoreState,
) {
  for (const event of events) {
    const eventType = announcer.typeOf(event)
    if (eventType === null) continue
    const webhookIds = audience.of(event, eventType, state)
    if (webhookIds.length > 0) yield { message: messageAt(event, eventType), webhookIds }
  }
}
