// Asks the providers of nodes to cancel work that moves away and to take work that comes: each under the key of the
// work, again and again until there is an answer, also after a new start. What one refuses is moved back.

import { type Effects, reasonOf } from '#data/kernel'
import { type Core, type OpenAsk, type Order, workActionFor } from '#orchestrator/core'
import type { ActionAnswer, ActionRequest } from './actions/action.ts'
import { fileLane, NotAsked } from './actions/lanes.ts'
import { asPerformed, type Performance, perform } from './actions/perform.ts'
import { tellRefusedMove } from './handover-alarm.ts'
import { hostOf, told } from './run/outside-tiles.ts'
import type { Outside } from './run/result.ts'

/** Longest time of one try, ms. */
const tryMs = 30_000
/** Rests between tries of one ask, ms; after the last it counts as refused. */
const restsMs = [5_000, 20_000, 80_000, 320_000] as const
/** Rest after an error of this process's own, ms. */
const errorRestMs = 10_000
/** Orders whose providers are asked side by side. */
const sideBySide = 20
const filePrefix = 'file:'

/** What asks are made with. */
export interface MovedWorkParts {
  core: Core
  outside: Outside
  clock: Pick<Effects['clock'], 'after'>
  logger: Effects['logger']
  /** Epoch ms of the market. */
  now(): number
}

/** The running watch. */
export interface MovedWorkWatch {
  /** Resolves once nothing is asked any more that could be asked now. */
  idle(): Promise<void>
  /** Stops; what is asked at that moment is waited for. */
  stop(): Promise<void>
}

/** Watches for moved work of which a provider is to be told; it costs nothing where there is none. */
export function watchMovedWork(parts: MovedWorkParts): MovedWorkWatch {
  const asker = new Asker(parts)
  const unlisten = parts.core.onChange(({ kind }) => {
    if (kind === 'order') asker.wake()
  })
  asker.wake()
  return {
    idle: () => asker.idle(),
    stop: async () => {
      unlisten()
      asker.stop()
      await asker.idle()
    },
  }
}

/** Tries of one ask. */
interface Tries {
  count: number
  /** Whether one of them may have been heard, since no clear answer came. */
  mayBeHeard: boolean
}

class Asker {
  readonly #parts: MovedWorkParts
  /** Orders that are being asked about. */
  readonly #busy = new Map<string, Promise<void>>()
  /** Orders that rest until the next try, and how that rest is ended. */
  readonly #resting = new Map<string, () => void>()
  readonly #tries = new Map<string, Tries>()
  #telling: Promise<void> = Promise.resolve()
  #queue: string[] = []
  #isStale = false
  #isStopped = false

  constructor(parts: MovedWorkParts) {
    this.#parts = parts
  }

  wake(): void {
    this.#isStale = true
    this.#go()
  }

  stop(): void {
    this.#isStopped = true
    this.#parts.outside.lanes.close()
    for (const cancel of this.#resting.values()) cancel()
    this.#resting.clear()
  }

  async idle(): Promise<void> {
    while (this.#busy.size > 0) await Promise.race(this.#busy.values())
  }

  #go(): void {
    while (!this.#isStopped && this.#busy.size < sideBySide) {
      const orderId = this.#next()
      if (orderId === undefined) return
      const work = this.#ask(orderId).finally(() => {
        this.#busy.delete(orderId)
        this.#isStale = true
        this.#go()
      })
      this.#busy.set(orderId, work)
    }
  }

  /** The next order to be asked about; all are looked through only where there may be others than before. */
  #next(): string | undefined {
    const isFree = (orderId: string) => !this.#busy.has(orderId) && !this.#resting.has(orderId)
    if (this.#queue.length === 0 && this.#isStale) {
      this.#isStale = false
      const open = this.#parts.core.state().reroutes.asks
      if (open.size > 0)
        this.#queue = [...new Set([...open.values()].map(({ orderId }) => orderId))].reverse()
    }
    for (;;) {
      const orderId = this.#queue.pop()
      if (orderId === undefined || isFree(orderId)) return orderId
    }
  }

  /** Everything that is to be asked about an order, in its order. */
  async #ask(orderId: string): Promise<void> {
    const { core, logger } = this.#parts
    try {
      for (let ask = firstOf(core, orderId); ask !== undefined; ask = firstOf(core, orderId)) {
        if (this.#isStopped) return
        const wait = await this.#once(ask)
        if (wait !== null) return this.#rest(orderId, wait)
      }
    } catch (error) {
      if (error instanceof NotAsked) return
      logger.warn({ orderId, reason: reasonOf(error) }, 'a provider could not be asked; it is tried again')
      this.#rest(orderId, errorRestMs)
    }
  }

  #rest(orderId: string, ms: number): void {
    if (this.#isStopped) return
    const cancel = this.#parts.clock.after(ms, () => {
      this.#resting.delete(orderId)
      this.wake()
    })
    this.#resting.set(orderId, cancel)
  }

  /** One try. @returns how long to rest before the next, ms; null = there is an answer */
  async #once(ask: OpenAsk): Promise<number | null> {
    const { core, logger, now } = this.#parts
    if (ask.refused !== null) {
      await this.#moveBack(ask, ask.refused)
      return null
    }
    const { count, mayBeHeard } = this.#tries.get(ask.key) ?? (await triesBefore(core, ask))
    const rest = restsMs[count] ?? null
    const asked = performanceOf(ask, { isLastTry: rest === null, mayBeHeard }, this.#parts)
    if (asked === null) {
      const dropped = { orderId: ask.orderId, key: ask.key, reason: 'nobody is asked there any more' }
      await core.execute('DropWorkAsk', dropped, { at: now() })
      return null
    }
    this.#tries.set(ask.key, { count: count + 1, mayBeHeard: true })
    const { isDone, isFinal, isUnknown = false, reason } = await perform(asked, this.#parts)
    if (isDone || isFinal === true || rest === null) {
      this.#tries.delete(ask.key)
      // Its end may have been written before a crash, or by an earlier Detour, so that nothing more is noted.
      if (isDone && core.state().reroutes.asks.has(ask.key))
        await core.execute(
          'DropWorkAsk',
          { orderId: ask.orderId, key: ask.key, reason: 'done' },
          { at: now() },
        )
      else if (!isDone) await this.#moveBack(ask, reason ?? 'it said no')
      return null
    }
    this.#tries.set(ask.key, { count: count + 1, mayBeHeard: isUnknown })
    logger.info({ key: ask.key, reason }, 'a provider did not answer; it is asked again')
    return rest
  }

  /** The move that a provider will not have is taken back where that can be; else a person is told to look at it. */
  async #moveBack(ask: OpenAsk, why: string): Promise<void> {
    const { core, now } = this.#parts
    const { orderId, decisionId, key, nodeId } = ask
    const node = core.state().nodes.get(nodeId)?.name ?? nodeId
    const reason = `${node} refused: ${why}`.slice(0, 500)
    const undo = { orderId, decisionId, reason, refused: key }
    const result = await core.execute('UndoReroute', undo, { at: now(), commandId: `${key}/back` })
    if (result.status !== 'refused') return
    // One after the other, as each counts on from the one before.
    this.#telling = this.#telling.catch(() => undefined).then(() => tellRefusedMove(core, ask, why, now()))
    await this.#telling
    await core.execute('DropWorkAsk', { orderId, key, reason }, { at: now() })
  }
}

/** What is to be asked first about an order. */
function firstOf(core: Core, orderId: string): OpenAsk | undefined {
  let first: OpenAsk | undefined
  for (const ask of core.state().reroutes.asks.values())
    if (ask.orderId === orderId && (first === undefined || ask.number < first.number)) first = ask
  return first
}

/** Of tries before a crash nothing is known but that they were made. */
async function triesBefore(core: Core, { key }: OpenAsk): Promise<Tries> {
  return { count: 0, mayBeHeard: (await core.recall(`${key}/ask`)) !== null }
}

/** How it is asked; null = nobody is. */
function performanceOf(
  ask: OpenAsk,
  tries: Pick<Performance, 'isLastTry' | 'mayBeHeard'>,
  parts: MovedWorkParts,
): Performance | null {
  const { core, outside } = parts
  const state = core.state()
  const order = state.orders.get(ask.orderId)
  const way = workActionFor(state.policy, ask.nodeId)
  if (way === undefined || order === undefined) return null
  const { action, url } = way
  const request = requestOf(ask, order, { action, url })
  const target = url === null ? null : hostOf(url)
  const asked = { request, timeoutMs: tryMs, ...tries, target }
  if (action.startsWith(filePrefix)) {
    const file = action.slice(filePrefix.length)
    const run = (signal: AbortSignal): Promise<ActionAnswer> =>
      outside.files.call(file, request, 'run', signal)
    return { ...asked, target: file, lane: fileLane, run }
  }
  const known = outside.actions.find(action)
  return known === undefined ? null : { ...asked, ...asPerformed(known, request) }
}

function requestOf(
  { key, what, nodeId, fulfillmentOrderId, replaces, orderId, decisionId }: OpenAsk,
  order: Order,
  { action, url }: { action: string; url: string | null },
): ActionRequest {
  const work = order.work.find((each) => each.fulfillmentOrderId === fulfillmentOrderId)
  const lines = work?.lines.map(({ lineId, sku, quantity }) => ({ lineId, sku, quantity })) ?? []
  return {
    ...{ key, action, url, runId: null, orderId, tileId: null },
    data: { what, nodeId, fulfillmentOrderId, decisionId, ...(replaces === null ? {} : { replaces }) },
    subject: { order: told(order), work: { what, fulfillmentOrderId, nodeId, replaces, lines } },
  }
}

/** Whether an action can be asked about work: it is there, leaves this process, and knows where to go. */
export function problemOfWorkAction(
  { action, url }: { action: string; url: string | null },
  { actions, files, policy }: Outside,
): string | null {
  if (action.startsWith(filePrefix)) {
    const file = action.slice(filePrefix.length)
    return files.names.has(file) ? null : `there is no file ${file} in the folder actions`
  }
  const known = actions.find(action)
  if (known === undefined) return `there is no provider action ${action}`
  if (known.isLocal === true)
    return `${action} only tells the receivers of webhooks, who hear of moves anyway`
  if (action === 'http' && url === null) return 'http needs an address'
  if (url !== null) policy.check(url)
  return null
}
