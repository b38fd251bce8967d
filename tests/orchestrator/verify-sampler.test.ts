// While serving, what must hold is looked at a little at a time, and /health and /metrics tell what was found.

import { describe, expect, test } from 'vitest'
import { stockKey } from '#orchestrator/core'
import { startSampler } from '#orchestrator/verify'
import { rowsRule } from '../../orchestrator/verify/sampler.ts'
import { openPlace, type Place } from './http-place.ts'

async function withPlace(work: (place: Place) => Promise<void>): Promise<void> {
  const place = await openPlace()
  try {
    await work(place)
  } finally {
    await place.close()
  }
}

async function fill({ call }: Place, orders: number): Promise<void> {
  const items = [{ sku: 'x', nodeId: 'fab:A', onHand: 100, reason: 'test' }]
  await call('POST', '/api/v1/inventory/adjustments', { body: { items } })
  for (let i = 0; i < orders; i++) {
    const lines = [{ sku: 'x', quantity: 1, unitPriceCents: 100 }]
    await call('POST', '/api/v1/orders', { body: { externalId: `s-${i}`, currency: 'USD', lines } })
  }
}

const sampling = (place: Place, state = place.engine.core.state) => {
  const { core, workspace } = place.engine
  const { log, warehouse, effects } = workspace
  const sampled = {
    market: core.market,
    state,
    get lastSeq() {
      return core.lastSeq
    },
  }
  return startSampler({ core: sampled, log, warehouse, effects })
}

describe('the sampler', () => {
  test('looks at every kind of rule of a running core and finds nothing', async () => {
    await withPlace(async (place) => {
      const sampler = sampling(place)
      await fill(place, 3)
      await place.engine.cycle()
      for (let i = 0; i < 3; i++) await sampler.look()
      const standings = sampler.standings()
      const looked = standings.filter(({ checks }) => checks > 0).map(({ id }) => id)
      for (const id of [
        'line_units_add_up',
        'allocated_is_reserved_work',
        'nothing_is_oversold',
        rowsRule.id,
      ]) {
        expect(looked).toContain(id)
      }
      expect(standings.filter(({ violations }) => violations > 0)).toEqual([])
      await sampler.stop()
    })
  })

  test('finds a counter that is wrong, says since when, and that it is right again', async () => {
    await withPlace(async (place) => {
      await fill(place, 1)
      const { core } = place.engine
      let isBent = true
      const sampler = sampling(place, () => {
        const state = core.state()
        const key = stockKey('x', 'fab:A')
        const stock = state.stock.get(key)
        if (!isBent || stock === undefined) return state
        return { ...state, stock: state.stock.set(key, { ...stock, allocated: stock.allocated + 7 }) }
      })
      await sampler.look()
      const standing = () => sampler.standings().find(({ id }) => id === 'allocated_is_reserved_work')
      expect(standing()).toMatchObject({
        violations: 1,
        brokenSince: expect.any(Number),
        last: { subject: 'position x at fab:A', found: expect.stringMatching(/allocated, work holds/) },
      })
      isBent = false
      await sampler.look()
      expect(standing()).toMatchObject({ violations: 1, brokenSince: null })
      await sampler.stop()
    })
  })

  test('finds a row that stays wrong, and takes no row that is only late for one', async () => {
    await withPlace(async (place) => {
      await fill(place, 2)
      const { warehouse } = place.engine.workspace
      await place.engine.cycle()
      const sampler = sampling(place)
      const standing = () => sampler.standings().find(({ id }) => id === rowsRule.id)
      await place.call('POST', '/api/v1/orders', {
        body: { externalId: 'late', currency: 'USD', lines: [{ sku: 'x', quantity: 1, unitPriceCents: 1 }] },
      })
      await sampler.look()
      await place.engine.cycle()
      await sampler.look()
      expect(standing()).toMatchObject({ violations: 0, brokenSince: null })
      await warehouse.run(`UPDATE raw_log_orders SET moves = 99 WHERE order_external_id = 's-1'`)
      await sampler.look()
      await sampler.look()
      expect(standing()).toMatchObject({
        brokenSince: expect.any(Number),
        last: { found: 'raw_log_orders is not as it' },
      })
      await warehouse.run(`UPDATE raw_log_orders SET moves = 0 WHERE order_external_id = 's-1'`)
      await sampler.look()
      expect(standing()).toMatchObject({ brokenSince: null })
      await sampler.stop()
    })
  })
})

describe('the health of a served home', () => {
  test('tells of rules, log, snapshot, warehouse, models and versions', async () => {
    await withPlace(async (place) => {
      await fill(place, 1)
      await place.engine.cycle()
      const { status, body } = await place.call('GET', '/api/v1/health')
      expect(status).toBe(200)
      expect(body).toMatchObject({
        state: 'ok',
        sampler: { windowSeconds: 3600, violations: 0, brokenSince: null },
        log: { driver: 'sqlite', lastSeq: place.engine.core.lastSeq, epoch: place.engine.core.epoch },
        snapshot: null,
        warehouse: { error: null, bytes: expect.any(Number) },
        versions: { node: process.versions.node, log: expect.stringMatching(/^SQLite \d/) },
      })
      const { text } = await place.call('GET', '/metrics')
      expect(text).toMatch(/detour_invariant_checks_total\{invariant="line_units_add_up"\} \d+/)
      expect(text).toMatch(/detour_invariant_violations\{invariant="nothing_is_oversold"\} 0/)
      expect(text).toContain(`detour_invariant_broken{invariant="${rowsRule.id}"} 0`)
    })
  })
})
