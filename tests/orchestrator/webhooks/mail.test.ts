// Mails, held against a real mail server on this machine.

import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'
import { expect, onTestFinished, test } from 'vitest'
import type { Effects } from '#data/kernel'
import { webhookStream } from '#orchestrator/webhooks'
import { codeOf } from '../../data/log/folder.ts'
import { cancelled, created, incident, start } from './market.ts'
import { effects, openAll, until } from './setup.ts'

interface Letter {
  from: string
  to: string[]
  text: string
}

/** A mail server; `refuse` may say no to a recipient. It waits before it greets, takes a recipient, takes a mail. */
async function startMailServer(
  refuse: (number: number) => Error | null = () => null,
  { greetMs = 0, recipientMs = 0, scanMs = 0 } = {},
) {
  const letters: Letter[] = []
  const logins: string[] = []
  let asked = 0
  const server = new SMTPServer({
    logger: false,
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    authOptional: true,
    onAuth: ({ username, password }, _session, callback) => {
      logins.push(`${username}:${password}`)
      callback(null, { user: username })
    },
    onConnect: (_session, callback) => void setTimeout(callback, greetMs),
    onRcptTo: (_address, _session, callback) => void setTimeout(() => callback(refuse(++asked)), recipientMs),
    onData: (stream, { envelope }, callback) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const { mailFrom, rcptTo } = envelope
        const from = mailFrom === false ? '' : mailFrom.address
        letters.push({
          from,
          to: rcptTo.map(({ address }) => address),
          text: Buffer.concat(chunks).toString(),
        })
        setTimeout(callback, scanMs)
      })
    },
  })
  server.on('error', () => undefined)
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => new Promise<void>((resolve) => void server.close(resolve)))
  return { letters, logins, port: (server.server.address() as AddressInfo).port }
}

function worldWith(smtpUrl: string): Effects {
  const mail = { smtpUrl, mailFrom: 'detour@shop.example', publicUrl: 'https://detour.shop.example' }
  return { ...effects, config: { ...effects.config, ...mail } }
}

const headerOf = (text: string, name: string) =>
  new RegExp(`^${name}: (.*(?:\r\n[ \t].*)*)`, 'im').exec(text)?.[1]?.replace(/\r\n[ \t]+/g, ' ')

test('A mail reaches everybody it is for, and mails about one incident belong together', async () => {
  const { letters, logins, port } = await startMailServer()
  const world = worldWith(`smtp://mailer:s3cret%20word@127.0.0.1:${port}?tls=optional`)
  const { market, webhooks } = await openAll({ concurrency: 1 }, undefined, world)
  const { webhookId } = await webhooks.create({
    url: 'mailto:ops@shop.example, mia@shop.example',
    format: 'email',
  })
  await market.append(incident('IncidentOpened', 0.9, 20))
  await until(() => letters.length === 1)
  const resolved = { incidentId: 'inc-1', reason: 'over', at: start }
  const seq = await market.append({ type: 'IncidentResolved', data: resolved })
  await until(async () => (await webhooks.get(webhookId)).pending === 0 && letters.length === 2)
  const [first, second] = letters.map(({ text }) => text)
  expect(letters[0]).toMatchObject({
    from: 'detour@shop.example',
    to: ['ops@shop.example', 'mia@shop.example'],
  })
  expect(headerOf(first ?? '', 'Subject')).toContain('[Detour] Reno takes 31 h from pick to ship')
  expect(headerOf(second ?? '', 'Message-ID')).toBe(`<msg_main_${seq}@shop.example>`)
  expect(headerOf(second ?? '', 'References')).toBe(headerOf(first ?? '', 'References'))
  expect(headerOf(first ?? '', 'Auto-Submitted')).toBe('auto-generated')
  expect(first).toContain('https://detour.shop.example/incidents/inc-1')
  expect(logins).toContain('mailer:s3cret word')
  const { items } = await webhooks.deliveries({ webhookId, limit: 5 })
  expect(items[0]).toMatchObject({
    status: 'delivered',
    httpStatus: null,
    response: { body: expect.stringMatching(/^250/) },
  })
  const kept = JSON.stringify([items, await market.log.read(webhookStream('main'), 0, 100)])
  expect(kept).not.toMatch(/s3cret|mailer/)
})

test('A mail that the server does not take now is sent later under the same id', async () => {
  const busy = Object.assign(new Error('Mailbox is busy'), { responseCode: 450 })
  const { letters, port } = await startMailServer((number) => (number === 1 ? busy : null))
  const { market, webhooks } = await openAll({}, undefined, worldWith(`smtp://127.0.0.1:${port}`))
  const { webhookId } = await webhooks.create({ url: 'mailto:ops@shop.example', format: 'email' })
  const seq = await market.append(created(1), cancelled(1))
  await until(() => letters.length === 1)
  await until(async () => (await webhooks.get(webhookId)).pending === 0)
  const { items } = await webhooks.deliveries({ webhookId, limit: 5 })
  expect(items.map(({ attempt, status }) => [attempt, status])).toEqual([
    [2, 'delivered'],
    [1, 'failed'],
  ])
  expect(items[1]?.notes[0]).toContain('Mailbox is busy')
  expect(headerOf(letters[0]?.text ?? '', 'Message-ID')).toBe(`<msg_main_${seq}@shop.example>`)
})

test('A mail that reaches only some is not sent to them again, and says whom it did not reach', async () => {
  const unknown = Object.assign(new Error('No such user'), { responseCode: 550 })
  const { letters, port } = await startMailServer((number) => (number === 2 ? unknown : null))
  const { webhooks } = await openAll({}, undefined, worldWith(`smtp://127.0.0.1:${port}`))
  const url = 'mailto:ops@shop.example,typo@shop.example'
  const { webhookId } = await webhooks.create({ url, format: 'email' })
  expect(await webhooks.test(webhookId)).toMatchObject({
    status: 'delivered',
    notes: ['the mail server takes nothing for typo@shop.example'],
  })
  expect(letters.map(({ to }) => to)).toEqual([['ops@shop.example']])
})

test('A mail that its server takes late is sent once', async () => {
  const { letters, port } = await startMailServer(undefined, { greetMs: 300, scanMs: 1_500 })
  const world = worldWith(`smtp://127.0.0.1:${port}`)
  const { market, webhooks } = await openAll({ timeoutMs: 1_000 }, undefined, world)
  const { webhookId } = await webhooks.create({ url: 'mailto:ops@shop.example', format: 'email' })
  await market.append(created(1), cancelled(1))
  await until(async () => letters.length > 0 && (await webhooks.get(webhookId)).pending === 0)
  const { items } = await webhooks.deliveries({ webhookId, limit: 5 })
  expect(items.map(({ attempt, status }) => [attempt, status])).toEqual([[1, 'delivered']])
  expect(letters).toHaveLength(1)
})

test('A mail that is not with its server in time is not taken afterwards', async () => {
  const { letters, port } = await startMailServer(undefined, { greetMs: 300, recipientMs: 300 })
  const { webhooks } = await openAll({ timeoutMs: 500 }, undefined, worldWith(`smtp://127.0.0.1:${port}`))
  const { webhookId } = await webhooks.create({ url: 'mailto:ops@shop.example', format: 'email' })
  expect(await webhooks.test(webhookId)).toMatchObject({
    status: 'failed',
    notes: ['no full answer within 0.5 s'],
  })
  // What went on would have arrived by then.
  await new Promise((resolve) => setTimeout(resolve, 500))
  expect(letters).toEqual([])
})

test('A mail server that is not there, and a password on an open line, are attempts that failed', async () => {
  const { webhooks } = await openAll({}, undefined, worldWith('smtp://127.0.0.1:1'))
  const { webhookId } = await webhooks.create({ url: 'mailto:ops@shop.example', format: 'email' })
  expect(await webhooks.test(webhookId)).toMatchObject({
    status: 'failed',
    notes: ['the mail server cannot be reached'],
  })
  const { port, logins } = await startMailServer()
  const open = await openAll({}, undefined, worldWith(`smtp://mailer:s3cret@127.0.0.1:${port}`))
  const made = await open.webhooks.create({ url: 'mailto:ops@shop.example', format: 'email' })
  expect(await open.webhooks.test(made.webhookId)).toMatchObject({
    status: 'failed',
    notes: ['the mail server does not offer the encryption that is asked for'],
  })
  expect(logins).toEqual([])
})

test('What is no address for mail is refused', async () => {
  const { webhooks } = await openAll({}, undefined, worldWith('smtp://127.0.0.1:1'))
  const wrong = [
    'mailto:',
    'mailto:ops',
    'mailto:ops@shop.example?bcc=x@y.example',
    'mailto:ops@shop.example,',
    'mailto:"x\r\nBcc: y"@shop.example',
    `mailto:${Array.from({ length: 21 }, (_, i) => `u${i}@shop.example`).join(',')}`,
  ]
  for (const url of wrong) {
    expect([url, await codeOf(webhooks.create({ url, format: 'email' }))]).toEqual([
      url,
      'WEBHOOK_URL_INVALID',
    ])
  }
})
