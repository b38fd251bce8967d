// What analysts must never read: webhook secrets, API keys and answers with secrets, in the store of the log but never
// among its events.

import type { Effects } from '#data/kernel'
import { type ApiKey, type KeyIdentity, type KeyRole, KeyTable } from './keys.ts'
import { openPostgresTables } from './postgres-tables.ts'
import { type NewReceiver, type Receiver, type ReceiverChange, ReceiverTable } from './receivers.ts'
import { RequestTable } from './requests.ts'
import { SecretTable } from './secrets.ts'
import { openSqliteTables } from './sqlite-tables.ts'

/**
 * An open vault. Every call is a short statement or two, durable when it resolves.
 * Every method throws VAULT_UNAVAILABLE when the store does not take the statement.
 */
export interface Vault {
  /** The new receiver, enabled, and its secret (`whsec_...`). */
  createWebhook(receiver: NewReceiver): Promise<{ receiver: Receiver; secret: string }>
  /** Receivers of a market, or of all, oldest first. */
  listWebhooks(market?: string): Promise<Receiver[]>
  getWebhook(webhookId: string): Promise<Receiver | null>
  /** @throws WEBHOOK_UNKNOWN */
  updateWebhook(webhookId: string, change: ReceiverChange): Promise<Receiver>
  /** Whether it was there; its secrets are gone. */
  deleteWebhook(webhookId: string): Promise<boolean>
  /**
   * The new secret; the one before goes on signing beside it for a day.
   * @throws WEBHOOK_UNKNOWN
   */
  rotateWebhook(webhookId: string): Promise<string>
  /**
   * Secrets that sign for the receiver now, newest first, one or two.
   * @throws WEBHOOK_UNKNOWN
   */
  webhookSecrets(webhookId: string): Promise<string[]>
  /** Key of the service behind the receiver, null where it has none. */
  webhookCredential(webhookId: string): Promise<string | null>
  /** A new key, `dtr_...`; this is the only time it can be seen. */
  createKey(key: { name: string; role: KeyRole }): Promise<{ keyId: string; key: string }>
  /**
   * Whose key it is; null where it is unknown or revoked. Where several processes share the vault, a key that another
   * one revoked may be good here for `trustMs` (3 s) more.
   */
  verifyKey(key: string): Promise<KeyIdentity | null>
  /** Whose key has this id; null where it is unknown or revoked; with the same bound. */
  findKey(keyId: string): Promise<KeyIdentity | null>
  /** All keys, also revoked ones, oldest first. */
  listKeys(): Promise<ApiKey[]>
  /** Whether there was such a key that was not revoked yet. */
  revokeKey(keyId: string): Promise<boolean>
  hasAdminKey(): Promise<boolean>
  /**
   * Notes a request by the key of its caller; what it was answered before, null where it was not answered yet.
   * Kept for seven days.
   * @param hash of what is asked
   * @throws LOG_COMMAND_CONFLICT where the same id asked for something else
   */
  claimRequest(requestId: string, hash: string): Promise<string | null>
  /** Keeps what a noted request was answered. */
  answerRequest(requestId: string, answer: string): Promise<void>
  /** A secret that Detour keeps for itself, made when it is first asked for; e.g. `links`. */
  secretOf(name: string): Promise<string>
  close(): Promise<void>
}

/** How long a key found in a vault that others may change is not looked up again, ms. */
const trustMs = 3_000

/**
 * The vault, where the log lies: in the PostgreSQL database of the setting `logUrl`, else in the SQLite file of the
 * home.
 * @param paths of the home (`HomePaths`); the file is made (mode 0600) when it does not exist
 * @throws VAULT_NEWER, VAULT_UNAVAILABLE, LOG_DAMAGED, LOG_NEWER, LOG_UNAVAILABLE, LOG_UNSAFE
 */
export async function openVault(
  paths: { log: string },
  { clock, random, config }: Pick<Effects, 'clock' | 'random' | 'config'>,
): Promise<Vault> {
  const { logUrl, isLogSingleNode: isSingleNode } = config
  const tables =
    logUrl === null
      ? openSqliteTables(paths.log)
      : await openPostgresTables(logUrl, { clock, random }, { isSingleNode })
  const receivers = new ReceiverTable(tables, clock)
  const keys = new KeyTable(tables, clock, logUrl === null ? 0 : trustMs)
  const requests = new RequestTable(tables, clock)
  const secrets = new SecretTable(tables, clock)
  return {
    createWebhook: (receiver) => receivers.create(receiver),
    listWebhooks: (market) => receivers.list(market),
    getWebhook: (webhookId) => receivers.get(webhookId),
    updateWebhook: (webhookId, change) => receivers.update(webhookId, change),
    deleteWebhook: (webhookId) => receivers.delete(webhookId),
    rotateWebhook: (webhookId) => receivers.rotate(webhookId),
    webhookSecrets: (webhookId) => receivers.secrets(webhookId),
    webhookCredential: (webhookId) => receivers.credential(webhookId),
    createKey: (key) => keys.create(key),
    verifyKey: (key) => keys.verify(key),
    findKey: (keyId) => keys.find(keyId),
    listKeys: () => keys.list(),
    revokeKey: (keyId) => keys.revoke(keyId),
    hasAdminKey: () => keys.hasAdmin(),
    claimRequest: (requestId, hash) => requests.claim(requestId, hash),
    answerRequest: (requestId, answer) => requests.answer(requestId, answer),
    secretOf: (name) => secrets.of(name),
    close: () => tables.close(),
  }
}
