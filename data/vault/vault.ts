// What analysts must never read: webhook secrets, API keys and answers with secrets, beside the log but never in it.

import type { Effects } from '#data/kernel'
import { type ApiKey, type KeyIdentity, type KeyRole, KeyTable } from './keys.ts'
import { type NewReceiver, type Receiver, type ReceiverChange, ReceiverTable } from './receivers.ts'
import { RequestTable } from './requests.ts'
import { openVaultDatabase } from './schema.ts'

/**
 * An open vault. Every call is one short statement, durable when it returns.
 * Every method throws VAULT_UNAVAILABLE when the file does not take the statement.
 */
export interface Vault {
  /** The new receiver, enabled, and its secret (`whsec_...`). */
  createWebhook(receiver: NewReceiver): { receiver: Receiver; secret: string }
  /** Receivers of a market, or of all, oldest first. */
  listWebhooks(market?: string): Receiver[]
  getWebhook(webhookId: string): Receiver | null
  /** @throws WEBHOOK_UNKNOWN */
  updateWebhook(webhookId: string, change: ReceiverChange): Receiver
  /** Whether it was there; its secrets are gone. */
  deleteWebhook(webhookId: string): boolean
  /**
   * The new secret; the one before goes on signing beside it for a day.
   * @throws WEBHOOK_UNKNOWN
   */
  rotateWebhook(webhookId: string): string
  /**
   * Secrets that sign for the receiver now, newest first, one or two.
   * @throws WEBHOOK_UNKNOWN
   */
  webhookSecrets(webhookId: string): string[]
  /** A new key, `dtr_...`; this is the only time it can be seen. */
  createKey(key: { name: string; role: KeyRole }): { keyId: string; key: string }
  /** Whose key it is; null where it is unknown or revoked. */
  verifyKey(key: string): KeyIdentity | null
  /** Whose key has this id; null where it is unknown or revoked. */
  findKey(keyId: string): KeyIdentity | null
  /** All keys, also revoked ones, oldest first. */
  listKeys(): ApiKey[]
  /** Whether there was such a key that was not revoked yet. */
  revokeKey(keyId: string): boolean
  hasAdminKey(): boolean
  /**
   * Notes a request by the key of its caller; what it was answered before, null where it was not answered yet.
   * Kept for seven days.
   * @param hash of what is asked
   * @throws LOG_COMMAND_CONFLICT where the same id asked for something else
   */
  claimRequest(requestId: string, hash: string): string | null
  /** Keeps what a noted request was answered. */
  answerRequest(requestId: string, answer: string): void
  close(): void
}

/**
 * The vault in the file of the log.
 * @param path the log's file (`homePaths(home).log`), made (mode 0600) when it does not exist
 * @throws VAULT_NEWER, VAULT_UNAVAILABLE, LOG_DAMAGED, LOG_NEWER, LOG_UNAVAILABLE
 */
export function openVault(path: string, effects: Pick<Effects, 'clock'>): Vault {
  const db = openVaultDatabase(path)
  const receivers = new ReceiverTable(db, effects.clock)
  const keys = new KeyTable(db, effects.clock)
  const requests = new RequestTable(db, effects.clock)
  return {
    createWebhook: (receiver) => receivers.create(receiver),
    listWebhooks: (market) => receivers.list(market),
    getWebhook: (webhookId) => receivers.get(webhookId),
    updateWebhook: (webhookId, change) => receivers.update(webhookId, change),
    deleteWebhook: (webhookId) => receivers.delete(webhookId),
    rotateWebhook: (webhookId) => receivers.rotate(webhookId),
    webhookSecrets: (webhookId) => receivers.secrets(webhookId),
    createKey: (key) => keys.create(key),
    verifyKey: (key) => keys.verify(key),
    findKey: (keyId) => keys.find(keyId),
    listKeys: () => keys.list(),
    revokeKey: (keyId) => keys.revoke(keyId),
    hasAdminKey: () => keys.hasAdmin(),
    claimRequest: (requestId, hash) => requests.claim(requestId, hash),
    answerRequest: (requestId, answer) => requests.answer(requestId, answer),
    close: () => {
      if (db.isOpen) db.close()
    },
  }
}
