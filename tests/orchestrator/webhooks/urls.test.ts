// Where webhooks may go, whatever way an address is written, and whatever a name leads to the second time.

import type { LookupAddress } from 'node:dns'
import fc from 'fast-check'
import ipaddr from 'ipaddr.js'
import { expect, test } from 'vitest'
import { systemClock } from '#data/kernel'
import { isPublic, type NameLookup, UrlPolicy, type Way } from '../../../orchestrator/webhooks/url-policy.ts'
import { codeOf } from '../../data/log/folder.ts'
import { cancelled, created } from './market.ts'
import { effects, ok, openAll, startReceiver, until } from './setup.ts'

const ownUrl = 'http://127.0.0.1:4380'
const policyWith = (allow: string[], lookup?: NameLookup) =>
  new UrlPolicy({ clock: systemClock, allow, ownUrl, ...(lookup === undefined ? {} : { lookup }) })
const strict = policyWith([])
const code = (url: string, policy = strict): Promise<unknown> => codeOf((async () => policy.check(url))())

/** A look-up that answers with these addresses, one list a call, the last one for ever. */
function answering(...lists: string[][]): { lookup: NameLookup; asked: string[] } {
  const asked: string[] = []
  const lookup: NameLookup = (hostname, _options, callback) => {
    const list = lists[Math.min(asked.length, lists.length - 1)] ?? []
    asked.push(hostname)
    callback(
      null,
      list.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    )
  }
  return { lookup, asked }
}

const connecting = (policy: UrlPolicy, hostname: string, way: Way): Promise<LookupAddress[] | Error> =>
  new Promise((resolve) => {
    policy.lookupFor(way)(hostname, { all: true }, (error, found) =>
      resolve(error ?? (found as LookupAddress[])),
    )
  })

test.each([
  'https://example.com/hook?token=x',
  'https://93.184.216.34/',
  'https://[2606:2800:220:1:248:1893:25c8:1946]/',
  'http://127.0.0.1:4380/api/v1/sink/demo',
  'http://localhost:4380/api/v1/sink/mine',
  'http://[::1]:4380/api/v1/markets/eu/sink/mine',
])('%s is allowed by default', async (url) => {
  expect(await code(url)).toBe('none')
})

test.each([
  'http://127.0.0.1:8080/x',
  'http://127.0.0.1:4380/api/v1/orders',
  'http://127.0.0.1:4380/api/v1/sink/../orders',
  'http://127.0.0.1:4381/api/v1/sink/mine',
  'http://192.168.1.5:4380/api/v1/sink/mine',
  'http://localhost:3000/hook',
  'https://127.0.0.1/',
  'https://127.9.9.9/',
  'https://[::1]:3000/',
  'https://[::ffff:127.0.0.1]/',
  'https://2130706433/',
  'https://0x7f.1/',
  'https://017700000001/',
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
  'https://[64:ff9b:1::a00:1]/',
  'https://[::10.0.0.1]/',
  'https://[::a00:1]/',
  'https://[fec0::1]/',
  'https://[3fff::1]/',
  'https://198.18.0.1/',
  'https://192.0.2.1/',
  'https://240.0.0.1/',
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
])('%s is refused by default', async (url) => {
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

test('What is no address at all is not public', () => {
  expect(['', 'example.com', '1.2.3.4.5', '::g'].map(isPublic)).toEqual([false, false, false, false])
})

test.each([
  [
    ['127.0.0.0/8', '::1'],
    ['http://127.0.0.1:8080/x', 'https://127.9.9.9/', 'http://[::1]:1/', 'http://[::ffff:127.0.0.1]/'],
  ],
  [['10.0.0.0/8'], ['https://10.1.2.3/', 'http://10.1.2.3/', 'https://167772161/']],
  [['fd00::/8'], ['https://[fd00:ec2::254]/']],
  [
    ['hooks.internal', '*.corp.example'],
    ['http://hooks.internal/x', 'https://a.b.corp.example/', 'http://HOOKS.internal./'],
  ],
])('%j allows %j', async (allow, urls) => {
  for (const url of urls) expect([url, await code(url, policyWith(allow))]).toEqual([url, 'none'])
  for (const url of ['https://192.168.1.1/', 'https://169.254.169.254/'])
    expect([url, await code(url, policyWith(allow))]).toEqual([url, 'WEBHOOK_URL_REFUSED'])
})

test('No special address is public, however it is mapped into IPv6', () => {
  const special = fc.oneof(
    fc.tuple(fc.constant(10), fc.nat(255), fc.nat(255), fc.nat(255)),
    fc.tuple(fc.constant(127), fc.nat(255), fc.nat(255), fc.nat(255)),
    fc.tuple(fc.constant(100), fc.integer({ min: 64, max: 127 }), fc.nat(255), fc.nat(255)),
    fc.tuple(fc.constant(172), fc.integer({ min: 16, max: 31 }), fc.nat(255), fc.nat(255)),
    fc.tuple(fc.constant(192), fc.constant(168), fc.nat(255), fc.nat(255)),
    fc.tuple(fc.constant(169), fc.constant(254), fc.nat(255), fc.nat(255)),
  )
  fc.assert(
    fc.property(
      special,
      fc.constantFrom('', '::ffff:', '64:ff9b::', '64:ff9b:1::', '::'),
      (parts, prefix) => {
        const v4 = parts.join('.')
        expect(isPublic(prefix === '' ? v4 : ipaddr.parse(`${prefix}${v4}`).toString())).toBe(false)
      },
    ),
  )
})

test('A name is looked up once, and the connection goes to an address that was checked', async () => {
  const mixed = answering(['10.0.0.1', '93.184.216.34'])
  expect(await connecting(policyWith([], mixed.lookup), 'mixed.example', 'https')).toEqual([
    { address: '93.184.216.34', family: 4 },
  ])
  expect(mixed.asked).toEqual(['mixed.example'])
  const inside = answering(['10.0.0.1', '::1'])
  expect(String(await connecting(policyWith([], inside.lookup), 'inside.example', 'https'))).toContain(
    'inside.example leads to 10.0.0.1, ::1, where webhooks may not go',
  )
  expect(await connecting(policyWith(['10.0.0.0/8'], inside.lookup), 'inside.example', 'http')).toHaveLength(
    1,
  )
  const outside = answering(['93.184.216.34'])
  expect(String(await connecting(policyWith(['10.0.0.0/8'], outside.lookup), 'o.example', 'http'))).toContain(
    'may not go',
  )
})

test('A name that leads elsewhere at the second look-up gets nothing', async () => {
  const receiver = await startReceiver(ok)
  const { lookup, asked } = answering(['93.184.216.34'], ['127.0.0.1'])
  const config = { ...effects.config, webhookAllow: [] }
  const { market, webhooks } = await openAll(
    { delaysMs: [60_000] },
    undefined,
    { ...effects, config },
    { lookup },
  )
  const port = new URL(receiver.url).port
  const { webhookId } = await webhooks.create({ url: `https://rebind.example:${port}/hook` })
  await market.append(created(1), cancelled(1))
  await until(async () => (await webhooks.get(webhookId)).lastDelivery !== null)
  const { items } = await webhooks.deliveries({ webhookId, limit: 1 })
  expect(items[0]).toMatchObject({ status: 'failed', httpStatus: null })
  expect(items[0]?.notes).toEqual(['rebind.example leads to 127.0.0.1, where webhooks may not go'])
  expect([receiver.received, asked.length]).toEqual([[], 2])
})

test('A name that leads inside is refused when a receiver is made', async () => {
  const { lookup } = answering(['192.168.0.7'])
  const { webhooks } = await openAll({}, undefined, effects, { lookup })
  expect(await codeOf(webhooks.create({ url: 'https://inside.example/' }))).toBe('WEBHOOK_URL_REFUSED')
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
