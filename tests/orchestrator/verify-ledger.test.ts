// `detour verify` adds up the ledger of stock and compares it with the positions that the events give.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openCore } from '#orchestrator/core'
import { openWorkspace, type Workspace } from '#orchestrator/workspace'
import { verifyHome } from '../../orchestrator/verbs/verify.ts'
import { effects } from '../data/log/folder.ts'
import { node, start } from './core/setting.ts'

async function onHome<T>(home: string, work: (workspace: Workspace) => Promise<T>): Promise<T> {
  const workspace = await openWorkspace(home, 'test', effects)
  try {
    return await work(workspace)
  } finally {
    await workspace.close()
  }
}

const quiet = { engine: null, onProgress: () => undefined }
const check = (home: string, repairs = false) =>
  onHome(home, async (workspace) => (await verifyHome({ ...workspace, ...quiet }, repairs)).drift)

/** Stock of x at A and of y at C, reserved and adjusted; C had no stock feed at first. */
function fill(home: string): Promise<void> {
  return onHome(home, async ({ log }) => {
    const core = await openCore(log, 'main', effects)
    const at = { at: start }
    const place = (sku: string, id: string) => ({ sku, nodeId: `fab:${id}` })
    const count = (sku: string, id: string) => ({
      ...{ ...place(sku, id), onHand: 5, safetyStock: 1 },
      ...{ inbound: 2, countedAt: start },
    })
    const hold = (reservationId: string, sku: string, id: string) => {
      const lines = [{ ...place(sku, id), quantity: 2 }]
      const data = { reservationId, lines, ttlMs: 60_000, channel: null, reference: null }
      return core.execute('ReserveStock', data, at)
    }
    await core.execute('DefineNodes', { nodes: ['A', 'C'].map((id) => node(id)) }, at)
    await core.execute('CountStock', { items: [count('x', 'A'), count('y', 'A')] }, at)
    await hold('r1', 'x', 'A')
    await hold('r2', 'y', 'C')
    await core.execute('CountStock', { items: [count('y', 'C')] }, at)
    const lines = [{ ...place('x', 'A'), channel: 'web', quantity: 1 }]
    await core.execute('AllocateChannel', { items: lines, reason: 'test' }, at)
    const items = [{ ...place('x', 'A'), delta: 3, onHand: null, reason: 'found' }]
    await core.execute('AdjustStock', { items }, at)
    await core.close()
  })
}

test('a ledger that does not add up is found, with the event that it tells wrongly, and made anew', async () => {
  const home = mkdtempSync(join(tmpdir(), 'detour-ledger-'))
  onTestFinished(() => rmSync(home, { recursive: true, force: true }))
  await fill(home)
  expect(await check(home)).toEqual([])
  const seq = await onHome(home, ({ warehouse }) =>
    warehouse.transaction(async (queries) => {
      const row = await queries.one<{ seq: number }>(
        `SELECT seq FROM raw_log_stock_ledger WHERE kind = 'StockAdjusted'`,
      )
      await queries.run('UPDATE raw_log_stock_ledger SET on_hand = on_hand + 1 WHERE seq = $1', [row.seq])
      await queries.run(`DELETE FROM raw_log_stock_ledger WHERE node_id = 'fab:C'`)
      return row.seq
    }),
  )
  const drift = await check(home)
  expect(drift.map(({ rule, subject, first }) => [rule, subject, first?.type])).toEqual([
    ['raw_log_stock_ledger', 'position x at fab:A', 'StockAdjusted'],
    ['raw_log_stock_ledger', 'position y at fab:C', 'StockCounted'],
  ])
  expect(drift[0]?.first?.seq).toBe(seq)
  expect(drift[0]?.found).toContain('on_hand 9')
  expect(await check(home, true)).toEqual([])
})
