// Turns receivers off that are gone or have failed for days, and says so by an incident. What it did is written before
// it is done, so that a start after a crash completes it.

import { type Effects, reasonOf } from '#data/kernel'
import type { Receiver, Vault } from '#data/vault'
import type { LostReceiver, ReceiverAlarm } from './alarm.ts'
import { formatOf } from './formats/formats.ts'
import type { Ledger } from './ledger.ts'
import { isUrlSecret } from './letters.ts'
import type { Outbox } from './outbox.ts'
import { isLost } from './schedule.ts'
import type { WebhookLimits } from './types.ts'

/** What judging works with. */
export interface JudgeOptions {
  vault: Vault
  ledger: Ledger
  outbox: Outbox
  effects: Pick<Effects, 'clock' | 'logger'>
  limits: Pick<WebhookLimits, 'patienceMs'>
  alarm: ReceiverAlarm
}

/** Judges receivers by what came of their attempts. */
export class Judge {
  readonly #options: JudgeOptions
  readonly #judging = new Set<string>()

  constructor(options: JudgeOptions) {
    this.#options = options
  }

  /** Turns the receiver off where it said that it is gone, or has failed for too long, at the address that it has. */
  async judge(receiver: Receiver, isGone: boolean): Promise<void> {
    const { ledger, effects, limits, outbox } = this.#options
    const { webhookId } = receiver
    const standing = ledger.of(webhookId)
    const at = effects.clock.now()
    if (!isGone && !isLost(standing, at, limits.patienceMs)) return
    if (this.#judging.has(webhookId) || standing.disabled !== null) return
    this.#judging.add(webhookId)
    try {
      if ((await this.#options.vault.getWebhook(webhookId))?.url !== receiver.url) return
      const since = new Date(standing.failingSince ?? at).toISOString()
      const reason = isGone ? 'The receiver answered 410 Gone.' : `No delivery has succeeded since ${since}.`
      const data = { webhookId, at, reason, failures: standing.failures }
      await outbox.append({ type: 'WebhookDisabled', data }, `disabled/${webhookId}/${at}`)
      await this.#carryOut(receiver)
    } finally {
      this.#judging.delete(webhookId)
    }
  }

  /** Notes that a person turned the receiver on again. */
  async pardon(webhookId: string): Promise<void> {
    const { outbox, effects } = this.#options
    const data = { webhookId, at: effects.clock.now() }
    await outbox.append({ type: 'WebhookEnabled', data })
  }

  /** Notes that the receiver gets another address, which owes nothing to the one before. */
  async release(webhookId: string): Promise<void> {
    const { outbox, effects } = this.#options
    await outbox.append({ type: 'WebhookReleased', data: { webhookId, at: effects.clock.now() } })
  }

  /** Ends the incident about a receiver that is on again, or gone. */
  async settle(webhookId: string, how: 'on' | 'gone'): Promise<void> {
    const reason = `the receiver was ${how === 'on' ? 'turned on again' : 'removed'}`
    await this.#quietly(webhookId, () => this.#options.alarm.clear(webhookId, reason))
  }

  /** Completes what was under way when the process before ended. */
  async resume(receivers: readonly Receiver[]): Promise<void> {
    for (const receiver of receivers) {
      if (this.#options.ledger.of(receiver.webhookId).disabled !== null) await this.#carryOut(receiver)
    }
    for (const webhookId of this.#options.alarm.open()) {
      const receiver = receivers.find((each) => each.webhookId === webhookId)
      if (receiver === undefined) await this.settle(webhookId, 'gone')
      else if (receiver.status === 'enabled' && this.#options.ledger.of(webhookId).disabled === null)
        await this.settle(webhookId, 'on')
    }
  }

  async #carryOut(receiver: Receiver): Promise<void> {
    const { vault, ledger, effects, alarm } = this.#options
    const { webhookId } = receiver
    const { disabled } = ledger.of(webhookId)
    if (disabled === null) return
    const { reason, at, failures } = disabled
    if (receiver.status === 'enabled') {
      await vault.updateWebhook(webhookId, { status: 'disabled', disabledReason: reason })
      effects.logger.warn({ webhookId, reason }, 'a webhook was disabled')
    }
    const lost: LostReceiver = {
      incidentId: `inc_receiver_${webhookId}_${at}`,
      webhookId,
      title: `The receiver ${nameOf(receiver)} was turned off: ${reason}`,
      failures,
    }
    await this.#quietly(webhookId, () => alarm.raise(lost))
  }

  /** What of an incident cannot be written now, its beginning or its end, is written at the next start. */
  async #quietly(webhookId: string, work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      const { logger } = this.#options.effects
      logger.warn({ webhookId, reason: reasonOf(error) }, 'the incident of a webhook could not be written')
    }
  }
}

function nameOf({ description, url, format }: Receiver): string {
  if (description !== '') return `"${description}"`
  return isUrlSecret(formatOf(format)) ? (URL.parse(url)?.host ?? url) : url
}
