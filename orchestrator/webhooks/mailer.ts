// Sends mails over the mail server of the settings. It shows neither the server's address nor its password.

import { createTransport } from 'nodemailer'
import { type Config, reasonOf } from '#data/kernel'
import type { Mail } from './formats/email.ts'
import { acceptMs, type Letter, type Outcome, type PostMail, requestOf } from './sender.ts'
import { mailAddresses } from './settings.ts'

/** Sends mails. */
export interface Mailer {
  /** Whether the settings name a mail server and a sender. */
  isSet: boolean
  send: PostMail
}

const answerShown = 300

/** What mail servers and the way to them say, in words without addresses. */
const words: Record<string, string> = {
  EAUTH: 'the mail server did not accept the name and password of the settings',
  ECONNECTION: 'the mail server cannot be reached',
  ESOCKET: 'the mail server cannot be reached',
  EDNS: 'the name of the mail server is unknown',
  ETIMEDOUT: 'the mail server did not answer in time',
  ETLS: 'the mail server does not offer the encryption that is asked for',
}

/**
 * A mailer for the mail server of the settings.
 * @param timeoutMs longest wait for a connection and for the greeting of the server
 */
export function createMailer(
  { smtpUrl, mailFrom }: Pick<Config, 'smtpUrl' | 'mailFrom'>,
  timeoutMs: number,
): Mailer {
  if (smtpUrl === null || mailFrom === null) {
    return {
      isSet: false,
      send: async (letter, startedAt) => failed(letter, startedAt, 'no mail server is set'),
    }
  }
  const server = {
    ...partsOf(smtpUrl),
    // The signal ends a try that takes longer in all.
    ...{ connectionTimeout: timeoutMs, greetingTimeout: timeoutMs, socketTimeout: acceptMs },
    ...{ dnsTimeout: timeoutMs, disableFileAccess: true, disableUrlAccess: true },
  }
  return {
    isSet: true,
    send: (letter, startedAt, signal, onHandedOver) =>
      post(server, { letter, startedAt, signal, onHandedOver, mailFrom }),
  }
}

/** The parts of an address like `smtp://user:password@host:587`; `smtps` speaks TLS from its first byte. */
function partsOf(smtpUrl: string) {
  const { protocol, hostname, port, username, password, searchParams } = new URL(smtpUrl)
  const secure = protocol === 'smtps:'
  const user = decodeURIComponent(username)
  return {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? (secure ? 465 : 587) : Number(port),
    secure,
    // A password must not go over a line that can be read on its way.
    requireTLS: user !== '' && searchParams.get('tls') !== 'optional',
    ...(user === '' ? {} : { auth: { user, pass: decodeURIComponent(password) } }),
  }
}

interface Posting {
  letter: Letter
  startedAt: number
  signal: AbortSignal
  onHandedOver: () => void
  mailFrom: string
}

async function post(
  server: Parameters<typeof createTransport>[0],
  { letter, startedAt, signal, onHandedOver, mailFrom }: Posting,
): Promise<Outcome> {
  const { subject, text, html, thread } = letter.body as Mail
  const host = mailFrom.slice(mailFrom.lastIndexOf('@') + 1)
  const threadId = `<${idOf(thread)}@${host}>`
  const transport = createTransport(server)
  transport.use('stream', ({ message }, done) => {
    message.processFunc((content) => content.once('end', onHandedOver))
    done()
  })
  const mail = {
    from: mailFrom,
    to: mailAddresses(letter.url),
    ...{ subject, text, html },
    messageId: `<${idOf(letter.messageId)}@${host}>`,
    ...{ inReplyTo: threadId, references: threadId },
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Detour-Message': letter.messageId },
  }
  try {
    const { response = '', rejected = [] } = await transport.sendMail({ ...mail, signal })
    const body = response.slice(0, answerShown)
    // Those who got it must not get it again, so it counts as taken; whom it did not reach is told.
    const missed = rejected.map(String).join(', ').slice(0, answerShown)
    const notes = missed === '' ? [] : [`the mail server takes nothing for ${missed}`]
    return {
      ...{ isTaken: true, httpStatus: null, retryAfterMs: null, notes },
      request: requestOf(letter, startedAt),
      response: { headers: {}, body, isCut: body.length < response.length },
    }
  } catch (error) {
    const { code, response } = error as { code?: string; response?: string }
    const known = words[code ?? '']
    const said = known ?? (response === undefined ? reasonOf(error) : `the mail server said: ${response}`)
    return failed(letter, startedAt, signal.aborted ? reasonOf(signal.reason) : said.slice(0, answerShown))
  }
}

function failed(letter: Letter, startedAt: number, note: string): Outcome {
  const nothing = { isTaken: false, httpStatus: null, retryAfterMs: null, response: null }
  return { ...nothing, notes: [note], request: requestOf(letter, startedAt) }
}

/** As the left part of a Message-ID may be. */
function idOf(text: string): string {
  return text.replace(/[^A-Za-z0-9._-]+/g, '.').slice(0, 150)
}
