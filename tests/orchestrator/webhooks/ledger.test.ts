// What waits, folded from the stream: the same from its beginning and from a snapshot, and written once.

import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type EventLog, openSqliteLog } from '#data/log'
import { type OutboxEvent, webhookStream } from '#orchestrator/webhooks'
import { Ledger } from '../../../orchestrator/webhooks/ledger.ts'
import { loadLedger } from '../../../orchestrator/webhooks/ledger-load.ts'
import { Outbox } from '../../../orchestrator/webhooks/outbox.ts'
import { ReceiverQueue } from '../../../orchestrator/webhooks/receiver-queue.ts'
import { type Fate, FaultyLog } from '../../data/log/faulty-log.ts'
import { codeOf, idsOf, newLogPath } from '../../data/log/folder.ts'
import { attempted } from './market.ts'
import { effects } from './setup.ts'

const stream = webhookStream('main')
const ids = fc.constantFrom('a', 'b', 'c')
const seqs = fc.integer({ min: 1, max: 12 })
const eventType = 'order.shipped' as const

const subjectOf = (seq: number) => (seq % 3 === 0 ? {} : { subject: `inc-${seq % 3}` })

const attempt = fc.record({ webhookId: ids, seq: seqs, round: seqs, outcome: fc.integer({ min: 0, max: 2 }) })

const events: fc.Arbitrary<OutboxEvent> = fc.oneof(
  fc.record({ seq: seqs, webhookIds: fc.uniqueArray(ids), isBehind: fc.boolean() }).map(
    ({ seq, webhookIds, isBehind }): OutboxEvent => ({
      type: 'WebhookCursorMoved',
      data: {
        seq,
        queued: [{ seq, eventType, ...subjectOf(seq), webhookIds }],
        announced: { i: { severity: seq / 12, ordersAtRisk: seq } },
        behind: isBehind ? webhookIds : [],
      },
    }),
  ),
  fc.record({ webhookId: ids, seq: seqs, behindFrom: fc.option(seqs) }).map(
    ({ webhookId, seq, behindFrom }): OutboxEvent => ({
      type: 'WebhookQueued',
      data: { webhookId, messages: [{ seq, eventType, ...subjectOf(seq) }], behindFrom },
    }),
  ),
  fc.record({ webhookId: ids, seq: seqs, to: fc.option(seqs) }).map(
    ({ webhookId, seq, to }): OutboxEvent => ({
      type: 'WebhookQueued',
      data: {
        webhookId,
        messages: [{ seq, eventType, ...subjectOf(seq) }],
        isReplay: true,
        replayLeft: to === null ? null : { from: seq, to },
      },
    }),
  ),
  ids.map((webhookId): OutboxEvent => ({ type: 'WebhookRemoved', data: { webhookId } })),
  ids.map((webhookId): OutboxEvent => ({ type: 'WebhookReleased', data: { webhookId, at: 1 } })),
  attempt.map(({ webhookId, seq, round, outcome }): OutboxEvent => {
    const status = (['delivered', 'failed', 'abandoned'] as const)[outcome] ?? 'failed'
    const nextAttemptAt = outcome === 1 ? 5_000 + seq : null
    const asked = outcome === 1 && seq % 2 === 0 ? { askedUntil: 5_000 + seq } : {}
    const rest = {
      attempt: 1,
      ...(seq % 4 === 0 ? { uncounted: 1 } : {}),
      httpStatus: 200,
      attemptedAt: seq,
      durationMs: 1,
      notes: [],
      payload: null,
      ...asked,
    }
    const data = { webhookId, seq, round, status, nextAttemptAt, eventType, ...rest }
    return { type: 'WebhookAttempted', data: { ...data, messageId: `msg_main_${seq}`, deliveryId: 'd' } }
  }),
)

function folded(list: readonly OutboxEvent[]): Ledger {
  const ledger = new Ledger()
  list.forEach((event, i) => {
    ledger.apply({ seq: i + 1, ...event })
  })
  return ledger
}

test('A ledger restored from a snapshot goes on like the one it was taken of', () => {
  fc.assert(
    fc.property(fc.array(events, { maxLength: 30 }), fc.array(events, { maxLength: 10 }), (before, after) => {
      const whole = folded(before)
      const restored = new Ledger()
      restored.apply({
        seq: 100,
        type: 'WebhookSnapshot',
        data: JSON.parse(JSON.stringify(whole.snapshot())),
      })
      expect(restored.snapshot()).toEqual(whole.snapshot())
      after.forEach((event, i) => {
        whole.apply({ seq: 101 + i, ...event })
        restored.apply({ seq: 101 + i, ...event })
      })
      expect(restored.snapshot()).toEqual(whole.snapshot())
    }),
  )
})

test('A queue offers every message once, new ones in order and failed ones when they are due', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(seqs, fc.boolean(), fc.boolean()), { maxLength: 60 }), (steps) => {
      const queue = new ReceiverQueue()
      const waiting = new Set<number>()
      let now = 1
      for (const [seq, isAdd, isReplay] of steps) {
        now++
        if (isAdd) {
          queue.add({
            seq,
            eventType,
            subject: null,
            round: now,
            attempt: 0,
            uncounted: 0,
            dueAt: seq % 3 === 0 ? now + 2 : 0,
            payloadAt: null,
            isReplay,
          })
          waiting.add(seq)
        } else {
          const taken = queue.take(now, true)
          if (taken === null) expect(queue.nextDueAt(true) ?? now + 1).toBeGreaterThan(now)
          else {
            expect(taken.dueAt).toBeLessThanOrEqual(now)
            queue.settle(taken.seq, taken.round, null)
            expect(waiting.delete(taken.seq)).toBe(true)
          }
        }
        expect(queue.size).toBe(waiting.size)
        expect(queue.replays).toBe(queue.rows().filter((row) => row[6]).length)
      }
    }),
  )
})

describe('the writer of deliveries', () => {
  async function open(log: EventLog) {
    const loaded = await loadLedger(log, stream, () => undefined)
    const options = { log, stream, effects, ledger: loaded.ledger, onWritten: () => undefined }
    return { ...loaded, outbox: new Outbox(options, loaded.lastSeq, loaded.sinceSnapshot) }
  }

  const moved = (seq: number): OutboxEvent => ({
    type: 'WebhookCursorMoved',
    data: { seq, queued: [{ seq, eventType, webhookIds: ['a'] }], announced: {}, behind: [] },
  })

  test('writes snapshots, and a start reads no further back than the newest', async () => {
    const log = await openSqliteLog(newLogPath(), effects)
    onTestFinished(() => log.close())
    const { outbox, ledger } = await open(log)
    for (let batch = 0; batch < 15; batch++) {
      const attempts = Array.from(
        { length: 500 },
        (_, i) => attempted(batch * 500 + i, 'a') as unknown as OutboxEvent,
      )
      await Promise.all([...attempts, moved(batch)].map((event) => outbox.append(event)))
    }
    const read: string[] = []
    const again = await loadLedger(log, stream, ({ type }) => read.push(type))
    expect(again.ledger.snapshot()).toEqual(ledger.snapshot())
    expect(again.lastSeq).toBe(outbox.lastSeq)
    expect(read[0]).toBe('WebhookSnapshot')
    expect(read.length).toBeLessThan(7_500)
    expect(again.sinceSnapshot).toBe(read.length - 1)
  })

  test('offers a message that is under way not again when it writes a snapshot', async () => {
    const log = await openSqliteLog(newLogPath(), effects)
    onTestFinished(() => log.close())
    const { outbox, ledger } = await open(log)
    await outbox.append(moved(3))
    expect(ledger.of('a').queue.take(1, true)?.seq).toBe(3)
    for (let i = 0; i < 2_100; i += 100) {
      await Promise.all(Array.from({ length: 100 }, () => outbox.append(moved(4))))
    }
    const types = (await log.read(stream, 0, 10_000)).map(({ type }) => type)
    expect(types).toContain('WebhookSnapshot')
    expect(ledger.of('a').queue.take(1, true)?.seq).toBe(4)
    expect(ledger.of('a').queue.take(1, true)).toBeNull()
    expect((await loadLedger(log, stream, () => undefined)).ledger.of('a').queue.take(1, true)?.seq).toBe(3)
  })

  test.each<[Fate[], number[]]>([
    [['lost'], [1, 2, 3, 4]],
    [['landed'], [1, 2, 3, 4]],
    [
      ['lost', 'lost', 'landed'],
      [1, 2, 3, 4],
    ],
    [
      ['lost', 'lost', 'lost', 'lost'],
      [1, 4],
    ],
    [
      ['lost', 'lost', 'lost', 'landed'],
      [1, 2, 3, 4],
    ],
  ])('writes nothing twice where the log answers %j, and goes on', async (fates, written) => {
    const log = new FaultyLog(await openSqliteLog(newLogPath(), effects))
    onTestFinished(() => log.close())
    const { outbox, ledger } = await open(log)
    await outbox.append(moved(1))
    log.fates = [...fates]
    const results = await Promise.allSettled([outbox.append(moved(2)), outbox.append(moved(3))])
    expect(new Set(results.map(({ status }) => status)).size).toBe(1)
    expect(await outbox.append(moved(4))).toBe(written.length)
    await outbox.close()
    const seqsOf = (await log.read(stream, 0, 100)).map(({ data }) => (data as { seq: number }).seq)
    expect(seqsOf).toEqual(written)
    expect(ledger.of('a').queue.size).toBe(written.length)
  })

  describe('asked again for what landed though its answer was lost four times', () => {
    async function landed() {
      const log = new FaultyLog(await openSqliteLog(newLogPath(), effects))
      onTestFinished(() => log.close())
      const { outbox, ledger } = await open(log)
      log.fates = ['lost', 'lost', 'lost', 'landed']
      expect(await codeOf(outbox.append(moved(1), 'one'))).toBe('LOG_UNAVAILABLE')
      return { log, outbox, ledger }
    }

    test('writes what is new beside it', async () => {
      const { log, outbox, ledger } = await landed()
      const seqs = [outbox.append(moved(1), 'one'), outbox.append(moved(2), 'two')]
      expect(await Promise.all(seqs)).toEqual([1, 2])
      expect(await idsOf(log, stream)).toEqual(['one/0', 'two/0'])
      expect(ledger.of('a').queue.size).toBe(2)
    })

    test('writes it once also where it was found before', async () => {
      const { log, outbox, ledger } = await landed()
      expect(await outbox.append(moved(2), 'two')).toBe(2)
      const seqs = [outbox.append(moved(3), 'three'), outbox.append(moved(1), 'one')]
      expect(await Promise.all(seqs)).toEqual([3, 1])
      expect(await idsOf(log, stream)).toEqual(['one/0', 'two/0', 'three/0'])
      expect(ledger.of('a').queue.size).toBe(3)
    })
  })

  test('goes on where an append lands late, after it was looked for', async () => {
    const log = new FaultyLog(await openSqliteLog(newLogPath(), effects))
    onTestFinished(() => log.close())
    const { outbox } = await open(log)
    log.fates = ['lost', 'lost', 'lost', 'lost']
    expect(await codeOf(outbox.append(moved(1), 'one'))).toBe('LOG_UNAVAILABLE')
    const append = log.append.bind(log)
    log.append = async (...late) => {
      log.append = append
      await append(stream, 0, [{ eventId: 'one/0', ...moved(1) }])
      return append(...late)
    }
    expect(await outbox.append(moved(2), 'two')).toBe(2)
    expect(await idsOf(log, stream)).toEqual(['one/0', 'two/0'])
  })

  test('stops where somebody else writes to its stream', async () => {
    const log = await openSqliteLog(newLogPath(), effects)
    onTestFinished(() => log.close())
    const [one, other] = [await open(log), await open(log)]
    await one.outbox.append(moved(1))
    expect(await codeOf(other.outbox.append(moved(1)))).toBe('LOG_FENCED')
    expect(await one.outbox.append(moved(2))).toBe(2)
  })
})
