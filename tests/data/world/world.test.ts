// What holds in every world: files as the contracts say, references closed, units conserved, times in order.

import { beforeAll, describe, expect, it } from 'vitest'
import { columnsOf, type EntityName, entities, orderStatuses } from '#data/contracts'
import { type History, historyOf, meanOf, numberOf, type Row, secondOf } from './history.ts'

const sizes = [
  { days: 30, orders: 6000 },
  { days: 1, orders: 50, end: Date.UTC(2026, 2, 9, 4, 7, 31) },
  { days: 400, orders: 2500, skus: 60 },
  { days: 20, orders: 800, nodes: 4, skus: 20, seed: 'few' },
]

describe.each(sizes)('a world of $days days and $orders orders', (options) => {
  let history: History
  beforeAll(async () => {
    history = await historyOf(options)
  })

  it('has the columns of the contracts, money in major units', () => {
    for (const [name, entity] of Object.entries(entities)) {
      const columns = columnsOf(entity.mapped).map((column) => column.name.replace(/_cents$/, ''))
      expect(history.headers[name as EntityName]).toBe(columns.join(','))
    }
    expect(history.ragged).toBe(0)
    expect(history.tables.order_lines.every((row) => /^\d+\.\d\d$/.test(row.unit_price ?? ''))).toBe(true)
  })

  it('has only values that the contracts allow', () => {
    for (const [name, entity] of Object.entries(entities)) {
      for (const column of columnsOf(entity.mapped)) {
        const key = column.name.replace(/_cents$/, '')
        const values = new Set(history.tables[name as EntityName].map((row) => row[key] ?? ''))
        if (!column.nullable) expect(values.has(''), `${name}.${key}`).toBe(false)
        values.delete('')
        const rule = column.type.startsWith('TIMESTAMP') ? /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/ : /./
        expect([...values].filter((value) => !rule.test(value)).slice(0, 3)).toEqual([])
        const { words } = column
        if (words !== null) expect([...values].filter((value) => !words.includes(value))).toEqual([])
      }
    }
  })

  it('has about as many orders as were asked for', () => {
    const { orders } = history.tables
    expect(orders.length).toBe(history.summary.rows.orders)
    const tolerance = Math.max(25, options.orders * 0.06)
    expect(Math.abs(orders.length - options.orders)).toBeLessThan(tolerance)
  })

  it('refers only to orders, lines, nodes and products that exist', () => {
    const { tables } = history
    const orders = new Set(tables.orders.map((row) => row.order_external_id))
    const nodes = new Set(tables.nodes.map((row) => row.node_external_id))
    const skus = new Set(tables.products.map((row) => row.sku))
    const lines = new Set(tables.order_lines.map((row) => `${row.order_external_id}/${row.line_external_id}`))
    expect(orders.size).toBe(tables.orders.length)
    expect(lines.size).toBe(tables.order_lines.length)
    for (const rows of Object.values(tables)) {
      const [first = {}] = rows
      if ('order_external_id' in first) {
        expect(rows.filter((row) => !orders.has(row.order_external_id))).toEqual([])
      }
      if ('node_external_id' in first) {
        expect(rows.filter((row) => row.node_external_id !== '' && !nodes.has(row.node_external_id))).toEqual(
          [],
        )
      }
      if ('sku' in first) expect(rows.filter((row) => !skus.has(row.sku))).toEqual([])
    }
    const back = tables.returns.map((row) => `${row.order_external_id}/${row.line_external_id}`)
    expect(back.filter((key) => !lines.has(key))).toEqual([])
  })

  it('has unique natural keys', () => {
    for (const [name, entity] of Object.entries(entities)) {
      const rows = history.tables[name as EntityName]
      const keys = new Set(rows.map((row) => entity.naturalKey.map((column) => row[column]).join('|')))
      expect(keys.size, name).toBe(rows.length)
    }
  })

  it('keeps every stock count equal to the sum of the movements before it', () => {
    const { inventory, inventory_movements: movements } = history.tables
    const sums = new Map<string, number>()
    const counts = [...inventory].sort((a, b) => secondOf(a.counted_at) - secondOf(b.counted_at))
    let next = 0
    for (const count of counts) {
      for (; next < movements.length; next++) {
        const movement = movements[next] as Row
        if (secondOf(movement.moved_at) > secondOf(count.counted_at)) break
        const pair = `${movement.sku}/${movement.node_external_id}`
        sums.set(pair, (sums.get(pair) ?? 0) + numberOf(movement, 'delta'))
      }
      const expected = sums.get(`${count.sku}/${count.node_external_id}`) ?? 0
      if (numberOf(count, 'on_hand') !== expected) expect(count).toMatchObject({ on_hand: String(expected) })
      const allocated = numberOf(count, 'allocated')
      if (allocated < 0 || allocated > expected)
        expect(count).toMatchObject({ allocated: 'from 0 to on hand' })
    }
    expect(counts.length).toBeGreaterThan(0)
    expect(next).toBe(movements.length)
  })

  it('never ships and cancels more than was ordered, and sells what it ships', () => {
    let shipped = 0
    for (const row of history.tables.order_lines) {
      const [ordered, sent, cancelled] = ['quantity', 'shipped_quantity', 'cancelled_quantity'].map(
        (column) => numberOf(row, column),
      ) as [number, number, number]
      if (sent + cancelled > ordered) expect(row).toMatchObject({ quantity: '>= shipped + cancelled' })
      shipped += sent
    }
    const sales = history.tables.inventory_movements.filter((row) => row.kind === 'sale')
    expect(sales.reduce((sum, row) => sum - numberOf(row, 'delta'), 0)).toBe(shipped)
  })

  it('has times in the order of an order life, none after the end', () => {
    const placed = new Map(history.tables.orders.map((row) => [row.order_external_id, row.placed_at]))
    const end = secondOf(history.summary.to)
    const inOrder = (row: Row, times: (string | undefined)[]): void => {
      const seconds = times.filter((time) => time !== '' && time !== undefined).map(secondOf)
      const isSorted = seconds.every((second, i) => i === 0 || second >= (seconds[i - 1] as number))
      if (!isSorted || seconds.some((second) => second >= end)) expect(row).toBe('in order of time')
    }
    for (const row of history.tables.orders) {
      inOrder(row, [row.placed_at, row.approved_at, row.shipped_at, row.delivered_at])
      inOrder(row, [row.placed_at, row.cancelled_at])
    }
    for (const row of history.tables.fulfillment_orders) {
      const work = [row.accepted_at, row.picked_at, row.packed_at, row.shipped_at]
      inOrder(row, [placed.get(row.order_external_id ?? ''), row.released_at, ...work])
      inOrder(row, [row.released_at, row.rejected_at])
    }
    for (const row of history.tables.shipments) inOrder(row, [row.shipped_at, row.delivered_at])
    for (const row of history.tables.returns) inOrder(row, [row.requested_at, row.received_at])
  })

  it('has states that agree with the times', () => {
    for (const row of history.tables.orders) {
      const isSent = row.shipped_at !== ''
      const rank = orderStatuses.indexOf(row.status as (typeof orderStatuses)[number])
      const says = rank >= orderStatuses.indexOf('ready_for_pickup') && row.status !== 'cancelled'
      if (says !== isSent) expect(row).toBe('shipped as its state says')
      if ((row.status === 'cancelled') !== (row.cancelled_at !== '')) expect(row).toBe('cancelled as it says')
      if ((row.cancel_reason === '') !== (row.cancelled_at === '')) expect(row).toBe('cancelled for a reason')
    }
    for (const row of history.tables.fulfillment_orders) {
      if ((row.status === 'rejected') !== (row.rejected_at !== '')) expect(row).toBe('rejected as it says')
    }
  })

  it('adds the lines up to the order', () => {
    const cents = new Map<string, number>()
    for (const row of history.tables.order_lines) {
      const order = row.order_external_id ?? ''
      const value = Math.round(numberOf(row, 'unit_price') * 100) * numberOf(row, 'quantity')
      cents.set(order, (cents.get(order) ?? 0) + value)
    }
    for (const row of history.tables.orders) {
      const total = Math.round(numberOf(row, 'total') * 100)
      if (total !== cents.get(row.order_external_id ?? '')) expect(row).toBe('the sum of its lines')
    }
  })
})

it('looks like a retailer: some orders late, some split, some cancelled, some returned', async () => {
  const { tables } = await historyOf({ days: 45, orders: 12_000, seed: 'ordinary' })
  const late = tables.orders.filter((row) => row.delivered_at !== '')
  const lateShare = meanOf(late.map((row) => Number(secondOf(row.delivered_at) > secondOf(row.promised_at))))
  expect(lateShare).toBeGreaterThan(0.03)
  expect(lateShare).toBeLessThan(0.1)
  const cancelled = meanOf(tables.orders.map((row) => Number(row.status === 'cancelled')))
  expect(cancelled).toBeGreaterThan(0.01)
  expect(cancelled).toBeLessThan(0.05)
  const nodes = new Map<string, Set<string>>()
  const lines = new Map<string, number>()
  for (const { order_external_id: order = '', node_external_id: node = '' } of tables.order_lines) {
    nodes.set(order, (nodes.get(order) ?? new Set()).add(node))
    lines.set(order, (lines.get(order) ?? 0) + 1)
  }
  const several = [...lines].filter(([, count]) => count > 1)
  const split = meanOf(several.map(([order]) => Number((nodes.get(order)?.size ?? 0) > 1)))
  expect(split).toBeGreaterThan(0.04)
  expect(split).toBeLessThan(0.14)
  const returned = tables.returns.length / tables.order_lines.length
  expect(returned).toBeGreaterThan(0.035)
  expect(returned).toBeLessThan(0.1)
  expect(tables.fulfillment_orders.some((row) => row.attempt === '2')).toBe(true)
})
