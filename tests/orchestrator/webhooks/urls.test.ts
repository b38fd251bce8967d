// Where webhooks may go, whatever way an address is written.

import { expect, test } from 'vitest'
import { checkedUrl, guardedLookup, isAllowed } from '../../../orchestrator/webhooks/url-policy.ts'
import { codeOf } from '../../data/log/folder.ts'
import { ok, openAll, startReceiver } from './setup.ts'

const code = (url: string): Promise<unknown> => codeOf((async () => checkedUrl(url))())

test.each([
  'http://127.0.0.1:8080/x',
  'http://127.9.9.9/',
  'http://localhost:3000/hook',
  'http://[::1]:3000/',
  'http://[::ffff:127.0.0.1]/',
  'https://example.com/hook?token=x',
  'https://93.184.216.34/',
  'https://[2606:2800:220:1:248:1893:25c8:1946]/',
])('%s is allowed', async (url) => {
  expect(await code(url)).toBe('none')
})

test.each([
  'https://169.254.169.254/latest/meta-data',
  'https://10.0.0.1/',
  'https://192.168.1.1/',
  'https://172.16.0.1/',
  'https://100.64.0.1/',
  'https://0.0.0.0/',
  'https://255.255.255.255/',
  'https://224.0.0.1/',
  'https://168.63.129.16/',
  'https://[::ffff:10.0.0.1]/',
  'https://[::ffff:168.63.129.16]/',
  'https://[::ffff:a9fe:a9fe]/',
  'https://[64:ff9b::a9fe:a9fe]/',
  'https://[2002:a00:1::1]/',
  'https://[fd00:ec2::254]/',
  'https://[fe80::1]/',
  'https://[ff02::1]/',
  'https://[::]/',
  'https://167772161/',
  'https://2852039166/',
  'https://0xa9fea9fe/',
  'https://0251.0376.0251.0376/',
  'https://10.1/',
  'https://10。0。0。1/',
  'http://example.com/',
  'http://93.184.216.34/',
  'http://localhost.example.com/',
])('%s is refused', async (url) => {
  expect(await code(url)).toBe('WEBHOOK_URL_REFUSED')
})

test.each([
  '',
  'hook',
  '/hook',
  'file:///etc/passwd',
  'ftp://example.com/',
  'gopher://127.0.0.1/',
  'javascript:alert(1)',
  'https://user:pass@example.com/',
  'http://user@127.0.0.1/',
  'https://[fe80::1%25eth0]/',
  'https://',
])('%s is no usable address', async (url) => {
  expect(await code(url)).toBe('WEBHOOK_URL_INVALID')
})

test('What is no address at all is not allowed', () => {
  expect(['', 'example.com', '1.2.3.4.5', '::g'].map(isAllowed)).toEqual([false, false, false, false])
})

test('A name is looked up when connecting, and leads nowhere else than to allowed addresses', async () => {
  const found = await new Promise((resolve) => {
    guardedLookup('http:')('localhost', { all: true }, (error, addresses) => resolve(error ?? addresses))
  })
  for (const { address } of found as { address: string }[]) expect(isAllowed(address)).toBe(true)
  expect((found as unknown[]).length).toBeGreaterThan(0)
})

test('Creating and changing check the address, and a refused one changes nothing', async () => {
  const { webhooks } = await openAll()
  const receiver = await startReceiver(ok)
  expect(await codeOf(webhooks.create({ url: 'https://10.0.0.1/' }))).toBe('WEBHOOK_URL_REFUSED')
  expect(await webhooks.list()).toEqual([])
  const { webhookId } = await webhooks.create({ url: receiver.url })
  expect(await codeOf(webhooks.change(webhookId, { url: 'file:///x' }))).toBe('WEBHOOK_URL_INVALID')
  expect((await webhooks.get(webhookId)).url).toBe(receiver.url)
})

test('A receiver is reached by name, and one that does not speak TLS is an attempt that failed', async () => {
  const { webhooks } = await openAll()
  const receiver = await startReceiver(ok)
  const named = receiver.url.replace('127.0.0.1', 'localhost')
  const { webhookId } = await webhooks.create({ url: named })
  expect(await webhooks.test(webhookId)).toMatchObject({ status: 'delivered', httpStatus: 200 })
  const secure = await webhooks.create({ url: named.replace('http:', 'https:') })
  const failed = await webhooks.test(secure.webhookId)
  expect(failed).toMatchObject({ status: 'failed', httpStatus: null })
  expect(failed.notes).toHaveLength(1)
  expect(receiver.received).toHaveLength(1)
})
