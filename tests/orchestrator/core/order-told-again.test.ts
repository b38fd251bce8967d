// Steps that are told again, with the same or with something else, and what a clone keeps.

import { describe, expect, test } from 'vitest'
import type { Order } from '#orchestrator/core'
import { Sandbox, shipment } from './setting.ts'

const reason = 'test'
const orderId = 'o1'
const made = { newOrderId: 'o2', newExternalId: 'o2' }
const unit = (lineId: string, quantity: number) => [{ lineId, quantity }]
const last = (order: Order) => order.work.at(-1)?.fulfillmentOrderId ?? ''
const ref = (box: Sandbox) => ({ orderId, fulfillmentOrderId: last(box.order(orderId)) })

/** An order of 3 x and 2 y, released at A. */
function released(): Sandbox {
  const box = Sandbox.withStock()
  box.release(orderId, { x: 3, y: 2 }, 'A')
  return box
}

describe('a step that is told again', () => {
  const short = unit('1', 1)
  test('is passed over where it says the same, and refused where it says something else', () => {
    const box = released()
    box.run('StartPicking', ref(box))
    expect(box.run('PickWork', { ...ref(box), short: unit('7', 1) }).refused).toBe('line_unknown')
    box.run('PickWork', { ...ref(box), short })
    const again = box.run('PickWork', { ...ref(box), short })
    expect([again.refused, again.events]).toEqual([null, []])
    expect(box.run('PickWork', { ...ref(box), short: unit('1', 2) }).refused).toBe('already_picked')
    box.run('PackWork', ref(box))
    expect(box.run('PickWork', { ...ref(box), short: unit('2', 1) }).refused).toBe('already_picked')
    const parcel = { ...ref(box), shipment: shipment('s1'), lines: unit('2', 1) }
    box.run('ShipWork', parcel)
    expect(box.run('ShipWork', parcel)).toMatchObject({ refused: null, events: [] })
    expect(box.run('ShipWork', { ...parcel, lines: unit('2', 2) }).refused).toBe('shipment_exists')
    box.run('ShipWork', { ...ref(box), shipment: shipment('s2') })
    expect(box.run('ShipWork', { ...ref(box), shipment: shipment('s3') }).refused).toBe('wrong_state')
  })

  test('is no other split into the same order', () => {
    const box = released()
    box.run('SplitOrder', { orderId, lines: unit('1', 1), reason, ...made })
    expect(box.run('SplitOrder', { orderId, lines: unit('1', 2), reason, ...made }).refused).toBe(
      'order_exists',
    )
  })
})

test('a clone waits for the same day where that is still to come', () => {
  const box = released()
  const launchAt = box.at + 86_400_000
  box.run('PreorderLines', { orderId, lineIds: ['1'], launchAt, reason })
  box.run('CloneOrder', { orderId, lines: null, reason, ...made })
  expect(box.order('o2').lines.map((line) => line.launchAt)).toEqual([launchAt, null])
  const later = { newOrderId: 'o3', newExternalId: 'o3' }
  box.at = launchAt
  box.run('CloneOrder', { orderId, lines: null, reason, ...later })
  expect(box.order('o3').lines.map((line) => line.launchAt)).toEqual([null, null])
})
