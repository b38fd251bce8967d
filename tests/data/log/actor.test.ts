// The writer of a stream: barrier, answers that stay the same, takeover, roll-back of a failed group.

import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { fail } from '#data/kernel'
import { type EventLog, openActor } from '#data/log'
import { startPostgres } from '../../postgres/server.ts'
import { type Balances, definition, type Move, move, openCounter } from './counter.ts'
import { type Fate, FaultyLog } from './faulty-log.ts'
import { codeOf, effects, idsOf } from './folder.ts'
import { kindsOf } from './stores.ts'

const server = await startPostgres()
afterAll(() => server?.stop())
const kinds = kindsOf(server)

async function typesOf(log: EventLog): Promise<string[]> {
  return (await log.read('main', 0, 100_000)).map((event) => event.type)
}

describe.each(kinds)('a writer that starts on $name', ({ newStore }) => {
  test('makes a barrier durable and folds what lies before it', async () => {
    const log = await (await newStore()).open()
    const first = await openCounter(log)
    expect(first.lastSeq).toBe(1)
    await first.execute(move('c1', 5))
    await first.close()
    const second = await openCounter(log)
    expect(await typesOf(log)).toEqual(['WriterStarted', 'Moved', 'WriterStarted'])
    expect([first.epoch, second.epoch]).toEqual([1, 3])
    expect(second.state()).toEqual({ a: 5 })
    expect(second.lastSeq).toBe(3)
  })

  test('takes the stream: the one before steps down and stays down until it is opened again', async () => {
    const log = await (await newStore()).open()
    const first = await openCounter(log)
    await first.execute(move('c1', 5))
    const second = await openCounter(log)
    expect(await codeOf(first.execute(move('c2', 1)))).toBe('LOG_FENCED')
    expect(await codeOf(first.execute(move('c3', 1)))).toBe('LOG_FENCED')
    expect((await second.execute(move('c2', 1))).answer).toEqual({ balance: 6 })
    const third = await openCounter(log)
    expect(third.state()).toEqual({ a: 6 })
    expect(await codeOf(second.execute(move('c4', 1)))).toBe('LOG_FENCED')
  })

  test('lets nothing be lost or doubled while several writers of one file take turns', async () => {
    const store = await newStore()
    const logs = [await store.open(), await store.open()]
    const answered: string[] = []
    const work = async (log: EventLog, name: string): Promise<void> => {
      for (let turn = 0; turn < 5; turn++) {
        const actor = await openCounter(log)
        const commands = Array.from({ length: 20 }, (_, i) => move(`${name}-${turn}-${i}`, 1))
        const codes = await Promise.all(commands.map((command) => codeOf(actor.execute(command))))
        codes.forEach((code, i) => {
          if (code === 'none') answered.push(`${name}-${turn}-${i}/0`)
          else expect(code).toBe('LOG_FENCED')
        })
      }
    }
    await Promise.all(logs.map((log, i) => work(log, `w${i}`)))
    const ids = await idsOf(logs[0] as EventLog, 'main')
    const commands = ids.filter((id) => !id.startsWith('writer:'))
    expect(commands.toSorted()).toEqual(answered.toSorted())
    expect((await openCounter(logs[1] as EventLog)).state()).toEqual({ a: answered.length })
  })
})

describe.each(kinds)('a command on $name', ({ newStore }) => {
  test('is answered with status, reason and seq, and always leaves an event', async () => {
    const log = await (await newStore()).open()
    const actor = await openCounter(log)
    expect(await actor.execute(move('c1', 5, 'a', 'Split'))).toEqual({
      status: 'done',
      reason: null,
      answer: { balance: 5 },
      seq: 3,
    })
    const refused = await actor.execute(move('c2', -9))
    expect(refused).toEqual({ status: 'refused', reason: 'too_little', answer: { balance: 5 }, seq: 4 })
    const noop = await actor.execute(move('c3', 0))
    expect(noop).toEqual({ status: 'noop', reason: null, answer: { balance: 5 }, seq: 5 })
    expect(await typesOf(log)).toEqual(['WriterStarted', 'Moved', 'Moved', 'CommandRefused', 'CommandNoop'])
    expect(actor.state()).toEqual({ a: 5 })
  })

  test('gets the same answer again: at once, from the log, and after reopening', async () => {
    const log = await (await newStore()).open()
    const actor = await openCounter(log, 2)
    const commands = [
      move('c1', 5, 'a', 'Split'),
      move('c2', -9),
      move('c3', 0),
      move('c4', 1),
      move('c5', 1),
    ]
    const twins = await Promise.all(
      commands.flatMap((command) => [command, command].map((c) => actor.execute(c))),
    )
    const first = await Promise.all(commands.map((command) => actor.execute(command)))
    expect(twins).toEqual(first.flatMap((result) => [result, result]))
    const seq = actor.lastSeq
    const reopened = await openCounter(log, 2)
    expect(await Promise.all(commands.map((command) => reopened.execute(command)))).toEqual(first)
    expect(reopened.lastSeq).toBe(seq + 1)
  })

  test('is the same whatever the order of its fields, and a conflict with any other content', async () => {
    const log = await (await newStore()).open()
    const actor = await openCounter(log, 1)
    const [, result] = await Promise.all([actor.execute(move('c1', 5)), actor.execute(move('c1', 5))])
    const shuffled: Move = { commandId: 'c1', type: 'Move', data: { cents: 5, account: 'a' } }
    expect(await actor.execute(shuffled)).toEqual(result)
    expect(await codeOf(actor.execute(move('c1', 6)))).toBe('LOG_COMMAND_CONFLICT')
    await actor.execute(move('c2', 1))
    expect(await codeOf(actor.execute(move('c1', 5, 'a', 'Split')))).toBe('LOG_COMMAND_CONFLICT')
    const underWay = actor.execute(move('c3', 1))
    expect(await codeOf(actor.execute(move('c3', 2)))).toBe('LOG_COMMAND_CONFLICT')
    await underWay
    const reopened = await openCounter(log)
    expect(await codeOf(reopened.execute(move('c1', 6)))).toBe('LOG_COMMAND_CONFLICT')
    expect(reopened.state()).toEqual({ a: 7 })
  })

  test('is decided on what was decided before it, durable or not', async () => {
    const log = await (await newStore()).open()
    const actor = await openCounter(log)
    const results = await Promise.all(
      [move('c1', 5), move('c2', -5), move('c3', -1)].map((c) => actor.execute(c)),
    )
    expect(results.map((result) => result.status)).toEqual(['done', 'done', 'refused'])
    expect(actor.state()).toEqual({ a: 0 })
  })

  test('whose rule throws harms no other', async () => {
    const log = await (await newStore()).open()
    const actor = await openCounter(log)
    const [good, bad, other] = [move('c1', 1), move('c2', 1, 'broken'), move('c3', 1)].map((c) =>
      actor.execute(c),
    )
    await expect(bad).rejects.toThrow('no such rule')
    await Promise.all([good, other])
    expect(await idsOf(log, 'main')).toHaveLength(3)
  })

  test('whose event cannot be written as JSON is rejected, and its neighbours are carried out', async () => {
    const log = await (await newStore()).open()
    const actor = await openActor({
      log,
      stream: 'main',
      effects,
      definition: {
        initial: () => 0,
        decide: (_, command: { commandId: string; type: string; data: boolean }) => ({
          events: [{ type: 'Done', data: { value: command.data ? 1n : 1 } }],
          answer: null,
        }),
        evolve: (count: number) => count + 1,
      },
    })
    const run = (commandId: string, data: boolean) => actor.execute({ commandId, type: 'Do', data })
    const [a, b, c] = [run('a', false), run('b', true), run('c', false)]
    await expect(b).rejects.toThrow('BigInt')
    await Promise.all([a, c])
    expect(actor.state()).toBe(2)
  })

  test('that waits when the writer is closed is still carried out, later ones are not', async () => {
    const log = await (await newStore()).open()
    const actor = await openCounter(log)
    const waiting = actor.execute(move('c1', 5))
    await actor.close()
    expect((await waiting).status).toBe('done')
    expect(await codeOf(actor.execute(move('c2', 5)))).toBe('LOG_UNAVAILABLE')
  })
})

describe.each(kinds)('a group whose append failed on $name', ({ newStore }) => {
  test.each<Fate>(['lost', 'landed'])(
    'and was %s is carried out exactly once, behind a new barrier',
    async (fate) => {
      const log = new FaultyLog(await (await newStore()).open())
      const actor = await openCounter(log)
      log.fates = [fate]
      const commands = [move('c1', 5), move('c2', -5), move('c3', -1), move('c4', 2, 'b', 'Split')]
      const results = await Promise.all(commands.map((command) => actor.execute(command)))
      expect(results.map((result) => result.status)).toEqual(['done', 'done', 'refused', 'done'])
      expect(actor.state()).toEqual({ a: 0, b: 2 })
      const ids = (await idsOf(log, 'main')).filter((id) => !id.startsWith('writer:'))
      expect(ids).toEqual(['c1/0', 'c2/0', 'c3/0', 'c4/0', 'c4/1'])
      expect((await typesOf(log)).filter((type) => type === 'WriterStarted')).toHaveLength(2)
      expect(actor.epoch).toBe(fate === 'lost' ? 2 : 7)
      expect(await Promise.all(commands.map((command) => actor.execute(command)))).toEqual(results)
    },
  )

  test('leaves no trace in the state while the log is down, and the next command starts over', async () => {
    const log = new FaultyLog(await (await newStore()).open())
    const actor = await openCounter(log)
    await actor.execute(move('c1', 5))
    log.isDown = true
    const [one, other] = await Promise.all(
      [move('c2', 1), move('c3', 1)].map((c) => codeOf(actor.execute(c))),
    )
    expect([one, other]).toEqual(['LOG_UNAVAILABLE', 'LOG_UNAVAILABLE'])
    expect(actor.state()).toEqual({ a: 5 })
    log.isDown = false
    const results = await Promise.all(
      [move('c3', 1), move('c2', 1), move('c1', 5)].map((c) => actor.execute(c)),
    )
    expect(results.map((result) => result.answer.balance).toSorted()).toEqual([5, 6, 7])
    expect(actor.state()).toEqual({ a: 7 })
  })

  test('is answered by the writer that took the stream, where it landed before', async () => {
    const real = await (await newStore()).open()
    const log = new FaultyLog(real)
    const actor = await openCounter(log)
    let release: () => void = () => {}
    const append = log.append.bind(log)
    log.append = async (stream, seq, events) => {
      await append(stream, seq, events)
      await new Promise<void>((resolve) => {
        release = resolve
      })
      throw fail('LOG_UNAVAILABLE', { reason: 'connection lost' })
    }
    const landed = actor.execute(move('c1', 5))
    while ((await real.tail('main')) < 2) await effects.clock.sleep(1)
    const other = await openCounter(real)
    release()
    expect(await codeOf(landed)).toBe('LOG_UNAVAILABLE')
    expect(await codeOf(actor.execute(move('c2', 1)))).toBe('LOG_FENCED')
    expect((await other.execute(move('c1', 5))).answer).toEqual({ balance: 5 })
    expect(other.state()).toEqual({ a: 5 })
  })

  test('never changes what a command did: any commands, any fates, any reopening', async () => {
    const fate = fc.constantFrom<Fate>('fine', 'fine', 'lost', 'landed')
    const command = fc.record({
      id: fc.integer({ min: 0, max: 30 }),
      cents: fc.integer({ min: -3, max: 5 }),
      account: fc.constantFrom('a', 'b'),
      type: fc.constantFrom<Move['type']>('Move', 'Split'),
    })
    const step = fc.record({
      commands: fc.array(command, { maxLength: 12 }),
      fates: fc.array(fate, { maxLength: 3 }),
    })
    const real = await (await newStore()).open()
    let runs = 0
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 4 }), async (steps) => {
        const stream = `run-${++runs}`
        const log = new FaultyLog(real)
        const answers = new Map<string, unknown>()
        let before: Balances = {}
        for (const { commands, fates } of steps) {
          const actor = await openCounter(log, 3, stream)
          expect(actor.state()).toEqual(before)
          log.fates = [...fates]
          const run = async ({ id, cents, account, type }: (typeof commands)[number]): Promise<void> => {
            const key = `${id} ${cents} ${account} ${type}`
            const result = await actor.execute(move(key, cents, account, type))
            if (answers.has(key)) expect(result).toEqual(answers.get(key))
            answers.set(key, result)
          }
          await Promise.all(commands.map(run))
          before = actor.state()
          log.fates = []
        }
        const events = await real.read(stream, 0, 10_000)
        let folded = definition.initial()
        for (const event of events) {
          if (event.type === 'Moved') folded = definition.evolve(folded, event as never)
        }
        expect(folded).toEqual(before)
        expect(new Set(events.map((event) => event.eventId)).size).toBe(events.length)
      }),
      { numRuns: 30 },
    )
  })
})
