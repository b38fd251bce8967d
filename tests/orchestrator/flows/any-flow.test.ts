// What holds for every flow: it comes to its end or says what it waits for, a crash at any event changes nothing of
// that, and a run that fails leaves nothing behind.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isOpenWork } from '#orchestrator/core'
import { advance, type ProviderAction } from '#orchestrator/flows'
import { anyFlow } from './any-flow.ts'
import { cut, FlowPlace } from './flow-place.ts'

/** Keys of what was asked outside, by action; each is asked for one effect, however often it is sent. */
function outside(place: FlowPlace, asked: Map<string, Set<string>>): void {
  const action = (name: string, isDone: boolean): ProviderAction => ({
    name,
    means: name,
    run: async ({ key }) => {
      asked.set(name, (asked.get(name) ?? new Set()).add(key))
      return { isDone, reason: isDone ? null : 'always no' }
    },
  })
  for (const name of ['good', 'good_undo']) place.flows.outside.actions.add(action(name, true))
  place.flows.outside.actions.add(action('bad', false))
}

/** Lets a market run until nothing happens any more. */
async function settle(place: FlowPlace): Promise<void> {
  for (let rounds = 0; rounds < 40; rounds++) {
    const before = place.core.lastSeq
    await advance('o1', place.context)
    await place.later(10)
    const isOver = place.core.state().flows.runs.size === 0 && place.core.lastSeq === before
    if (isOver) return
  }
}

/** How an order ended, without what depends on when. */
function ending(place: FlowPlace) {
  const { status, hold, flow, work, lines } = place.get('o1')
  return {
    ...{ status, hold, flow, held: place.held(), reservations: place.core.state().reservations.size },
    work: work
      .filter(isOpenWork)
      .map(({ nodeId, isReserved, releasedAt, lines: of }) => [
        ...[nodeId, isReserved, releasedAt !== null],
        of.map(({ lineId, quantity }) => `${lineId}: ${quantity}`),
      ]),
    cancelled: lines.map(({ cancelled }) => cancelled),
  }
}

async function runWith(document: Parameters<FlowPlace['publish']>[0]) {
  const place = await FlowPlace.open()
  const asked = new Map<string, Set<string>>()
  outside(place, asked)
  await place.publish(document)
  const from = place.core.lastSeq
  await place.order('o1', { x: 2, y: 1 })
  await settle(place)
  return { place, asked, from }
}

test('every flow without a ring is usable, comes to its end, and leaves nothing behind where it fails', async () => {
  await fc.assert(
    fc.asyncProperty(anyFlow, async ({ document, fails }) => {
      const { place } = await runWith(document)
      const { status, flow, hold, reservations, held, work } = ending(place)
      expect(place.core.state().flows.runs.size).toBe(0)
      if (fails) {
        expect({ flow: flow?.state, hold, work, reservations, held }).toEqual({
          ...{ flow: 'failed', hold: 'flow_failed', work: [], reservations: 0, held: 0 },
        })
      } else {
        expect(flow?.state).toBe('done')
        expect(hold).toBeNull()
        expect(status).toBe('released')
      }
      await place.close()
    }),
    { numRuns: 30 },
  )
}, 60_000)

test('a run that is killed after any event comes to the same end, and asks for nothing under another key', async () => {
  await fc.assert(
    fc.asyncProperty(anyFlow, fc.nat(), async ({ document }, at) => {
      const { place, asked, from } = await runWith(document)
      const whole = ending(place)
      const content = place.log.content()
      const created = from + 1
      const seq = created + (at % Math.max(1, place.core.lastSeq - created))
      const { stream } = place.core
      await place.close()
      const again = await FlowPlace.open(cut(content, stream, seq))
      const askedAgain = new Map<string, Set<string>>()
      outside(again, askedAgain)
      await settle(again)
      expect(ending(again)).toEqual(whole)
      for (const [action, keys] of askedAgain) {
        expect([...keys].filter((key) => !asked.get(action)?.has(key))).toEqual([])
      }
      await again.close()
    }),
    { numRuns: 30 },
  )
}, 60_000)
