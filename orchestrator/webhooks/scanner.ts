// Reads the market's stream and decides which message waits for whom. It looks at each event once, in order, and
// moves its cursor and queues what it found with the same event of the log.

import type { Effects } from '#data/kernel'
import type { EventLog } from '#data/log'
import type { Receiver, Vault } from '#data/vault'
import { Audience, groupOf, incidentOf } from './audience.ts'
import type { Message, QueuedMessage, Told, WebhookQueued } from './events.ts'
import { type Ledger, toldRecord } from './ledger.ts'
import { batchEvents, messagesFor, type Past, pastMessages } from './lookup.ts'
import { Announcer } from './message/announcer.ts'
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
      const { messages } = await this.#past(receiver, { from })
      const { behindFrom, replayLeft, queue } = ledger.of(receiver.webhookId)
      // What comes after that waits as new.
      const to = behindFrom ?? ledger.cursor ?? 0
      const asked = messages.filter(({ seq }) => seq <= to)
      // One that is not over yet is made longer.
      const most = replayLeft === null ? Math.max(0, limits.waiting - queue.replays) : 0
      if (asked.length <= most) await this.#queue(receiver, asked, { isReplay: true })
      else {
        const first = await this.#past(receiver, { from, to, most })
        const left = { from: first.readTo, to: Math.max(to, replayLeft?.to ?? 0), told: first.told }
        const isWithin = replayLeft !== null && replayLeft.isRest !== true && replayLeft.from <= from
        const longer = isWithin ? { ...replayLeft, to: left.to } : left
        await this.#queue(receiver, first.messages, { isReplay: true, replayLeft: longer })
      }
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
    const { behindFrom, behindTold, queue } = ledger.of(receiver.webhookId)
    const most = limits.waiting - queue.news
    if (behindFrom === null || most <= 0 || this.#isClosed) return
    const from = { from: behindFrom, told: behindTold ?? {} }
    const { messages, readTo, told } = await this.#past(receiver, { ...from, most })
    const left =
      readTo < (ledger.cursor ?? 0) ? { behindFrom: readTo, behindTold: told } : { behindFrom: null }
    await this.#queue(receiver, messages, left)
  }

  async #goOnReplaying(receiver: Receiver): Promise<void> {
    const { ledger, limits } = this.#options
    const { replayLeft, queue } = ledger.of(receiver.webhookId)
    const most = limits.waiting - queue.replays
    if (replayLeft === null || most <= 0 || this.#isClosed) return
    const { from, told: before = {}, isRest = false } = replayLeft
    const cursor = ledger.cursor ?? 0
    const to = isRest ? cursor : replayLeft.to
    const only = isRest ? { only: subjectsTold(before) } : {}
    const { messages, readTo, told } = await this.#past(receiver, { from, to, most, told: before, ...only })
    const goesOn = readTo < to
    // What became of incidents that it told of may have been sent as new before it told of them.
    const hasRest = !isRest && to < cursor && subjectsTold(told).size > 0
    const rest = hasRest ? { from: to, to: cursor, told, isRest: true as const } : null
    const left = goesOn ? { ...replayLeft, from: readTo, to, told } : rest
    await this.#queue(receiver, messages, { isReplay: true, replayLeft: left })
  }

  /** Messages of events after `from`, by default all; how far it read. */
  #past(
    receiver: Receiver,
    { from, to = Number.POSITIVE_INFINITY, ...how }: Pick<Past, 'from'> & Partial<Past>,
  ) {
    const past = { most: Number.POSITIVE_INFINITY, told: {}, ...how, from }
    const end = Math.min(to, this.#options.ledger.cursor ?? 0)
    return pastMessages(this.#options, receiver, { ...past, to: end }, () => this.#isClosed)
  }

  async #queue(
    receiver: Receiver,
    messages: readonly Message[],
    how: Pick<WebhookQueued, 'behindFrom' | 'behindTold' | 'isReplay' | 'replayLeft'>,
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

/** What messages about incidents that somebody was told of are about. */
function subjectsTold(told: Told): Set<string> {
  const known = Object.entries(told).filter(([, receivers]) => receivers.length > 0)
  return new Set(known.map(([subject]) => groupOf(subject)))
}
