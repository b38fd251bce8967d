// What the webhooks of a market offer to the rest of the orchestrator. Shapes only.

import type { api } from '#data/contracts'
import type { Effects } from '#data/kernel'
import type { EventLog } from '#data/log'
import type { Vault } from '#data/vault'
import type { Core } from '#orchestrator/core'
import type { ReceiverAlarm } from './alarm.ts'
import type { NameLookup } from './url-policy.ts'

/** What of the core webhooks need. */
export type WatchedCore = Pick<Core, 'market' | 'stream' | 'lastSeq' | 'state' | 'onChange'>

/** Which deliveries are asked for. */
export interface DeliveryQuery {
  webhookId?: string
  messageId?: string
  status?: api.WebhookDelivery['status']
  /** `nextCursor` of the page before. */
  cursor?: string
  /** 1 to 200. */
  limit: number
}

/** What is to be sent again to a receiver: one message, or all since a time. */
export interface Replay {
  webhookId: string
  messageId?: string
  /** ISO 8601, wall time at which the event was recorded. */
  since?: string
}

/** How patient webhooks are; defaults in brackets. */
export interface WebhookLimits {
  /** Longest time of one try, ms [10,000]. */
  timeoutMs: number
  /** Tries at the same time for one receiver, at most; each has its own number below [20]. */
  concurrency: number
  /** Waits after the 1st, 2nd, ... failed try, ms; one more try than waits [5 s to 24 h, 10 tries]. */
  delaysMs: readonly number[]
  /** How long a receiver may fail before it is turned off, ms [5 days]. */
  patienceMs: number
  /** How long news of the core are gathered before they are looked at, ms [25]. */
  gatherMs: number
  /**
   * New messages that wait in memory for one receiver, and as many replayed ones beside them; later ones are looked up
   * when there is room [20,000].
   */
  waiting: number
}

/** What webhooks are made of. */
export interface WebhookOptions {
  log: EventLog
  effects: Effects
  core: WatchedCore
  vault: Vault
  limits?: Partial<WebhookLimits>
  /** Base address of this server, whose sink may be told over plain http. Default: there is none. */
  ownUrl?: string
  /** Where receivers that were turned off are reported. Default: nowhere. */
  alarm?: ReceiverAlarm
  /** Looks names of receivers up. Default: as the machine does. */
  lookup?: NameLookup
  /** Paths of the pages that decide a plan, made for `by`; null where it waits no longer. Default: there are none. */
  linksOf?: (planId: string, by: string) => Promise<api.HookPlanLinks | null>
  /** Whether another process may have written the deliveries before, and may not know yet that it is over. */
  takesOver?: boolean
}

/** The webhooks of one market: receivers, and what is sent to them. */
export interface Webhooks {
  list(): Promise<api.Webhook[]>
  /** @throws WEBHOOK_UNKNOWN */
  get(webhookId: string): Promise<api.Webhook>
  /**
   * A new receiver; it is told what happens from now on. The secret is shown this once.
   * @throws WEBHOOK_URL_INVALID, WEBHOOK_URL_REFUSED, WEBHOOK_SETTINGS_INVALID, WEBHOOK_TOO_MANY
   */
  create(receiver: api.NewWebhook): Promise<api.WebhookWithSecret>
  /** @throws WEBHOOK_UNKNOWN, WEBHOOK_URL_INVALID, WEBHOOK_URL_REFUSED, WEBHOOK_SETTINGS_INVALID */
  change(webhookId: string, change: api.WebhookChange): Promise<api.Webhook>
  /** @throws WEBHOOK_UNKNOWN */
  remove(webhookId: string): Promise<void>
  /**
   * The receiver with its new secret; the one before signs beside it for a day.
   * @throws WEBHOOK_UNKNOWN
   */
  rotate(webhookId: string): Promise<api.WebhookWithSecret>
  /**
   * Sends an example of the type, by default `webhook.test`, once, at once; the attempt, whatever came of it.
   * @throws WEBHOOK_UNKNOWN, WEBHOOK_SETTINGS_INVALID where the format of the receiver has no words for the type
   */
  test(webhookId: string, type?: api.WebhookEventType): Promise<api.WebhookDelivery>
  /**
   * An example of the type as the format has it.
   * @throws WEBHOOK_SETTINGS_INVALID where the format has no words for the type
   */
  preview(format: api.WebhookFormat, type: api.WebhookEventType): api.WebhookPreview
  /**
   * Queues messages again, whether they were delivered or not; how many.
   * @throws WEBHOOK_UNKNOWN, WEBHOOK_MESSAGE_UNKNOWN, WEBHOOK_REPLAY_INVALID
   */
  replay(replay: Replay): Promise<{ queued: number }>
  /**
   * Attempts, newest first; a page may be short where few match, `nextCursor` says whether to go on.
   * @throws WEBHOOK_CURSOR_INVALID
   */
  deliveries(query: DeliveryQuery): Promise<api.Page<api.WebhookDelivery>>
  /** Makes sure that the demo's receiver is there and points to `url`. */
  ensureDemoReceiver(url: string): Promise<api.Webhook>
  /** Newest secret of the receiver whose URL has this path; null where none has. */
  secretFor(path: string): Promise<string | null>
  /** Looks for news soon; the core's changes do this by themselves. */
  wake(): void
  /** Calls `listener` after each durable attempt; the returned function stops that. */
  onDelivery(listener: (delivery: api.WebhookDelivery) => void): () => void
  /** Ends the tries under way and waits for what is being written. */
  close(): Promise<void>
}
