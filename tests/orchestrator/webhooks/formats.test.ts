// The bodies of every format, and the schema of every message.

import fc from 'fast-check'
import { Value } from 'typebox/value'
import { describe, expect, test } from 'vitest'
import { api } from '#data/contracts'
import { exampleOf, formats, labelNames } from '#orchestrator/webhooks'
import type { MessageBody } from '../../../orchestrator/webhooks/message/body.ts'
import { fits, labelsOf } from '../../../orchestrator/webhooks/message/labels.ts'
import golden from './golden/story.json' with { type: 'json' }

const publicUrl = 'https://detour.example.com'
const types = api.webhookEventTypes
const inFormat = (format: api.WebhookFormat, body: MessageBody) =>
  formats[format].render({ messageId: 'msg_main_7', market: 'main', body, publicUrl })

describe('the schema of each message', () => {
  test.each(types)('%s holds for its example', (type) => {
    expect([...Value.Errors(api.webhookBodySchema(type), exampleOf(type))]).toEqual([])
  })

  test('holds for what is really sent, and names every field', () => {
    for (const body of golden as MessageBody[]) {
      const schema = api.webhookBodySchema(body.type)
      expect([body.type, [...Value.Errors(schema, body)]]).toEqual([body.type, []])
      expect(Value.Clean(schema, structuredClone(body))).toEqual(body)
    }
    expect(new Set(golden.map(({ type }) => type)).size).toBeGreaterThan(8)
  })
})

test('The bodies of all formats are those on file', async () => {
  const all = api.webhookFormats
    .filter((format) => format !== 'detour')
    .map((format) => [
      format,
      Object.fromEntries(
        types
          .filter((type) => formats[format].carries(type))
          .map((type) => [type, inFormat(format, exampleOf(type))]),
      ),
    ])
  const text = `${JSON.stringify(Object.fromEntries(all), null, 1)}\n`
  await expect(text).toMatchFileSnapshot('golden/formats.json')
})

test('No chat gets a block without words, which it would refuse with all the others', () => {
  const example = exampleOf('flow.message')
  const body: MessageBody = { ...example, data: { ...example.data, text: null } }
  const { blocks } = inFormat('slack', body) as { blocks: { text?: { text: string } }[] }
  expect(blocks.filter(({ text }) => text?.text === '')).toEqual([])
  expect(JSON.stringify(inFormat('teams', body))).not.toContain('"text":""')
})

/** An incident whose every text a stranger wrote. */
const hostile = fc
  .tuple(
    fc.string({ unit: 'grapheme', maxLength: 6_000 }),
    fc.constantFrom('', '<!channel> & "x" <b>', '[a](javascript:1)'),
  )
  .map(([text, more]): MessageBody => {
    const example = exampleOf('incident.opened')
    const said = `${more}${text}`
    const incident = { ...example.data.incident, title: said, dimensionName: said, dimensionValue: said }
    return { ...example, data: { ...example.data, incident } }
  })

describe('a text that a stranger wrote', () => {
  test('stays within the limits of Slack, and cannot call a channel', () => {
    fc.assert(
      fc.property(hostile, (body) => {
        const { text, blocks } = inFormat('slack', body) as { text: string; blocks: SlackBlock[] }
        for (const { type, text: own, fields = [] } of blocks) {
          expect(own?.text.length ?? 0).toBeLessThanOrEqual(type === 'header' ? 150 : 3000)
          for (const field of fields) {
            expect(field.text.length).toBeLessThanOrEqual(2000)
            expect(field.text).not.toMatch(/[<>]/)
          }
        }
        expect(text).not.toMatch(/[<>]/)
      }),
      { numRuns: 40 },
    )
  })

  test('stays within the limits of Teams and PagerDuty, one line of a subject, and is no markup in mail', () => {
    fc.assert(
      fc.property(hostile, (body) => {
        expect(Buffer.byteLength(JSON.stringify(inFormat('teams', body)))).toBeLessThan(28_000)
        const event = inFormat('pagerduty', body) as { dedup_key: string; payload: { summary: string } }
        expect(event.payload.summary.length).toBeLessThanOrEqual(1024)
        expect(event.dedup_key.length).toBeLessThanOrEqual(255)
        const mail = inFormat('email', body) as { subject: string; html: string }
        expect(mail.subject).not.toMatch(/[\r\n]/)
        expect(mail.html).not.toMatch(/<b>|<!channel/)
      }),
      { numRuns: 40 },
    )
  })
})

interface SlackBlock {
  type: string
  text?: { text: string }
  fields?: { text: string }[]
}

test('a mail about a plan that waits has a line for each answer', () => {
  const body = exampleOf('reroute.plan_proposed')
  const links = {
    approve: 'https://shop.example/decide?token=yes&a=1',
    reject: 'https://shop.example/decide?token=no',
  }
  const { plan } = body.data as api.WebhookData['reroute.plan_proposed']
  const data = { ...body.data, plan: { ...plan, links } }
  const mail = inFormat('email', { ...body, data } as MessageBody) as { text: string; html: string }
  expect(mail.text).toContain(`Approve: ${links.approve}\n\nReject: ${links.reject}\n`)
  expect(mail.html).toContain('href="https://shop.example/decide?token=yes&amp;a=1"')
  expect(mail.html).toContain(`href="${links.reject}"`)
})

test('an order that only changes its carrier is not said to have moved', () => {
  const body = exampleOf('order.rerouted')
  const { decision, ...data } = body.data as api.WebhookData['order.rerouted']
  if (decision === null) throw new Error('the example has no decision')
  const here = {
    ...body,
    data: { ...data, decision: { ...decision, toNode: decision.fromNode } },
  } as MessageBody
  const { subject, text } = inFormat('email', here) as { subject: string; text: string }
  expect(subject).toMatch(/Order \S+ leaves \S+ with \S+$/)
  expect(text).toMatch(/^By: \S+$/m)
  expect(text).not.toMatch(/^To: /m)
})

describe('one incident', () => {
  const life = (
    ['incident.opened', 'incident.updated', 'incident.acknowledged', 'incident.resolved'] as const
  ).map((type) => exampleOf(type))

  test('triggers, is acknowledged and resolves at PagerDuty under one key', () => {
    const sent = life.map((body) => inFormat('pagerduty', body) as Record<string, unknown>)
    expect(sent.map(({ event_action: action }) => action)).toEqual([
      'trigger',
      'trigger',
      'acknowledge',
      'resolve',
    ])
    expect(new Set(sent.map(({ dedup_key: key }) => key)).size).toBe(1)
    expect(JSON.stringify(sent)).not.toContain('routing_key')
    expect(formats.pagerduty.seal?.(sent[0], 'R0UTING')).toMatchObject({ routing_key: 'R0UTING', ...sent[0] })
  })

  test('is one alert of Alertmanager from its beginning to its end', () => {
    const alerts = life.map(
      (body) => (inFormat('alertmanager', body) as { alerts: Alert[] }).alerts[0] as Alert,
    )
    expect(alerts.map(({ status }) => status)).toEqual(['firing', 'firing', 'firing', 'resolved'])
    expect(new Set(alerts.map(({ fingerprint }) => fingerprint)).size).toBe(1)
    expect(new Set(alerts.map(({ startsAt }) => startsAt)).size).toBe(1)
    expect(alerts[0]?.endsAt).toBe('0001-01-01T00:00:00Z')
    expect(alerts[3]?.endsAt).toBe('2026-03-02T15:00:00.000Z')
  })
})

interface Alert {
  status: string
  fingerprint: string
  startsAt: string
  endsAt: string
}

test('A CloudEvent has what the specification asks for, and names the schema of its data', () => {
  for (const type of types) {
    const event = inFormat('cloudevents', exampleOf(type)) as Record<string, string>
    expect(event).toMatchObject({ specversion: '1.0', id: 'msg_main_7', type: `detour.${type}` })
    expect(Object.keys(event).filter((name) => !/^[a-z0-9]{1,20}$/.test(name))).toEqual([])
    expect(event.dataschema).toBe(`${publicUrl}/api/v1/webhook-events/${type}/schema#/properties/data`)
    expect(event.data).toEqual(exampleOf(type).data)
  }
})

test('Only what a format has words for is carried', () => {
  const carried = (format: api.WebhookFormat) => types.filter((type) => formats[format].carries(type))
  expect(carried('slack')).toEqual(types)
  expect(carried('pagerduty').every((type) => type.startsWith('incident.') || type === 'webhook.test')).toBe(
    true,
  )
  expect(carried('alertmanager')).toEqual(carried('pagerduty'))
})

describe('labels', () => {
  test.each(types)('of %s are among those that are named', (type) => {
    expect(labelNames(type)).toEqual(expect.arrayContaining(Object.keys(labelsOf(exampleOf(type)))))
  })

  test('follow from the body', () => {
    expect(labelsOf(exampleOf('incident.opened'))).toEqual({
      market: 'main',
      type: 'incident.opened',
      incident: 'inc_20260302T0800_node-webshop-reno',
      severity: 'high',
      kind: 'pick_to_ship_hours',
      dimension: 'node',
      value: 'webshop:reno',
      node: 'webshop:reno',
    })
    expect(labelsOf(exampleOf('order.rerouted'))).toMatchObject({
      provider: 'webshop',
      channel: 'web',
      country: 'US',
      region: 'CA',
      to_node: 'webshop:dallas',
      severity: 'high',
    })
  })

  test.each([
    [[], true],
    [[{ label: 'severity', is: 'one_of', values: ['high', 'medium'] }], true],
    [[{ label: 'severity', is: 'none_of', values: ['high'] }], false],
    [[{ label: 'node', is: 'one_of', values: ['webshop:*'] }], true],
    [[{ label: 'node', is: 'one_of', values: ['webshop'] }], false],
    [[{ label: 'channel', is: 'one_of', values: ['web'] }], false],
    [[{ label: 'channel', is: 'none_of', values: ['web'] }], true],
    [
      [
        { label: 'market', is: 'one_of', values: ['main'] },
        { label: 'node', is: 'none_of', values: ['*'] },
      ],
      false,
    ],
  ] as [api.LabelRule[], boolean][])('%j: %s', (rules, isFit) => {
    expect(fits(rules, labelsOf(exampleOf('incident.opened')))).toBe(isFit)
  })
})
