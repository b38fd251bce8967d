// Flows in the dashboard: the drawing of any flow has every tile and way, and words say how flows stand.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { api } from '#data/contracts'
import { boxSize, drawFlow, waysOf } from '../../dashboard/lib/flows/drawing.ts'
import { againSentence, askedWords, flowsSentence, modeOf } from '../../dashboard/lib/flows/words.ts'
import { anyFlow } from '../orchestrator/flows/any-flow.ts'

test('a drawing has every tile and every way, no two boxes lie on each other, and ways lead down', () => {
  fc.assert(
    fc.property(anyFlow, ({ document }) => {
      const { boxes, lines, width, height } = drawFlow(document)
      expect(boxes.map(({ id }) => id).toSorted()).toEqual(document.tiles.map(({ id }) => id).toSorted())
      const ways = document.tiles.flatMap((tile) => waysOf(tile).map(({ to }) => `${tile.id} ${to}`))
      expect(new Set(lines.map(({ from, to }) => `${from} ${to}`))).toEqual(new Set(ways))
      const places = new Map(boxes.map((box) => [box.id, box]))
      for (const { from, to, isBack } of lines) {
        expect(isBack).toBe(false)
        expect(places.get(to)?.y ?? 0).toBeGreaterThan(places.get(from)?.y ?? 0)
      }
      for (const [i, a] of boxes.entries()) {
        expect(a.x >= 0 && a.x + boxSize.width <= width && a.y + boxSize.height <= height).toBe(true)
        for (const b of boxes.slice(i + 1)) {
          const isApart = Math.abs(a.x - b.x) >= boxSize.width || Math.abs(a.y - b.y) >= boxSize.height
          expect(isApart).toBe(true)
        }
      }
    }),
    { numRuns: 60 },
  )
})

test('a way back is drawn as one', () => {
  const tiles: api.FlowTile[] = [
    { type: 'start', id: 'start', next: 'ask' },
    { type: 'condition', id: 'ask', when: 'run.steps > 9', yes: 'exit', no: 'rest' },
    { type: 'timer', id: 'rest', minutes: 5, next: 'ask' },
    { type: 'exit', id: 'exit' },
  ]
  const { lines } = drawFlow({ tiles })
  expect(lines.filter(({ isBack }) => isBack).map(({ from, to }) => `${from} ${to}`)).toEqual(['rest ask'])
})

test('what goes on is said first of what stands still, then of who is asked', () => {
  const flow = (more: Partial<api.FlowSummary>): api.FlowSummary => ({
    ...{
      flowId: 'web',
      kind: 'order',
      title: 'Web',
      mode: 'on',
      version: 1,
      publishedAt: null,
      publishedBy: null,
    },
    ...{ versions: [1], hasDraft: false, running: 0, waitingForPeople: 0, isStraight: false },
    ...more,
  })
  expect(flowsSentence([flow({ flowId: 'default' })])).toContain('Every order goes the default way')
  expect(flowsSentence([flow({ running: 3, waitingForPeople: 1 })])).toBe(
    '1 run waits for a person, of 3 under way.',
  )
  expect(flowsSentence([flow({ mode: 'paused', running: 3 })])).toBe('web stands still: nothing of it moves.')
  expect(modeOf(flow({ version: 0 })).word).toBe('draft')
})

test('what was asked of other systems is said with whose work it was about', () => {
  const asked: api.AskedAction = {
    ...{ key: 'k', action: 'http', what: 'cancel', nodeId: 'n', nodeName: 'Reno', target: 'wms.example' },
    ...{ status: 'done', reason: null, requestedAt: '2026-11-20T12:00:00Z', endedAt: null },
  }
  expect(askedWords(asked)).toBe('Cancel the work at Reno (wms.example)')
  expect(askedWords({ ...asked, what: 'send' })).toBe('Take the work at Reno (wms.example)')
  const invoice = { ...asked, action: 'invoice_cancel', what: null, nodeName: null, target: null }
  expect(askedWords(invoice)).toBe('Invoice cancel (receivers of webhooks)')
})

test('an order that was to go once more says in words why nothing began, or that it goes', () => {
  const answer = (begun: number, reason: string | null, runId: string | null = null) =>
    againSentence({ begun, items: [{ orderId: 'o1', runId, reason }] })
  expect(answer(1, null, 'o1/run/2')).toBe('It goes through its flow once more.')
  expect(answer(1, 'straight')).toBe('It goes on, the default way.')
  expect(answer(0, 'too_late')).toBe('Nothing began: its nodes were told of it already, or it is cancelled.')
  expect(answer(0, 'on_hold')).toBe('Nothing began: it is on hold.')
  expect(answer(0, 'flow_running')).toBe('Nothing began: a flow works on it already.')
})
