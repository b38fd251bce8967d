// Proves that every model can be read by the runner, and that what the runner reads from it is right.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { columnsOf, marts, type TableContract } from '#data/contracts'
import type { Warehouse } from '#data/warehouse'
import { parseModel, readGraph, readModels } from '#pipeline'
import { emptyWarehouse } from './raw.ts'

const header = '-- grain: x\n-- key: x\n-- owner: x\n-- units: x\n-- incremental: view\n'
const model = (name: string, sql: string) => parseModel(name, 'staging', header + sql)

describe('the models', () => {
  let warehouse: Warehouse
  beforeAll(async () => {
    warehouse = await emptyWarehouse()
  })
  afterAll(() => warehouse.close())

  it('all have a header, end with "select * from final" and stay below 150 lines', () => {
    for (const each of readModels()) {
      expect(each.sql.endsWith('select * from final'), each.name).toBe(true)
      expect(each.sql.split('\n').length, each.name).toBeLessThanOrEqual(150)
      expect(each.owner, each.name).not.toBe('')
    }
  })

  it('are views but for the marts, which all have a contract with the same key', () => {
    const contracts = Object.values(marts) as TableContract[]
    for (const each of readModels()) {
      expect(each.incremental === 'view', each.name).toBe(each.layer !== 'marts')
      if (each.layer !== 'marts') continue
      const contract = contracts.find((mart) => mart.name === each.name)
      expect(contract?.key.toSorted(), each.name).toEqual(each.key.toSorted())
    }
  })

  it('give every column of their contract', async () => {
    const graph = await readGraph(warehouse)
    for (const node of graph.nodes) {
      if (node.layer !== 'marts') await warehouse.run(`CREATE OR REPLACE VIEW ${node.name} AS ${node.sql}`)
    }
    for (const node of graph.nodes.filter((each) => each.layer === 'marts')) {
      const contract = (Object.values(marts) as TableContract[]).find((mart) => mart.name === node.name)
      const found = await warehouse.all(`DESCRIBE ${node.sql}`)
      const columns = columnsOf(contract as TableContract).map((column) => column.name)
      expect(found.map((row) => row.column_name)).toEqual(expect.arrayContaining(columns))
    }
  })

  it('come after what they read', async () => {
    const { nodes } = await readGraph(warehouse)
    const place = new Map(nodes.map((node, i) => [node.name, i]))
    for (const node of nodes) {
      for (const read of node.reads) expect(place.get(read) ?? -1).toBeLessThan(place.get(node.name) ?? 0)
    }
    expect(nodes.find((node) => node.name === 'orders')?.reads.toSorted()).toEqual([
      'fulfillment_orders',
      'int_order_totals',
      'stg_orders',
      'stg_returns',
      'stg_shipments',
    ])
  })

  it('are told from CTEs and subqueries by the engine, not by the text', async () => {
    const sql =
      'with a as (select * from t1), b as (select * from a where x in (select y from t2)) select * from b -- t3'
    const { nodes } = await readGraph(warehouse, [model('m', sql)])
    expect(nodes[0]?.reads.toSorted()).toEqual(['t1', 't2'])
  })

  it('are refused when they go in a circle', async () => {
    const circle = [model('m1', 'select * from m2'), model('m2', 'select * from m1')]
    await expect(readGraph(warehouse, circle)).rejects.toMatchObject({ code: 'PIPELINE_MODEL_INVALID' })
  })

  it('are refused when a CTE bears the name of a model', async () => {
    const shadow = [model('m1', 'select 1 as x'), model('m2', 'with m1 as (select 2 as x) select * from m1')]
    await expect(readGraph(warehouse, shadow)).rejects.toMatchObject({ code: 'PIPELINE_MODEL_INVALID' })
  })

  it('are refused without a header, and when they are not one SELECT', async () => {
    expect(() => parseModel('m', 'staging', 'select 1')).toThrow(/grain/)
    for (const sql of ['select 1; select 2', 'delete from t', 'selec 1']) {
      await expect(readGraph(warehouse, [model('m', sql)])).rejects.toMatchObject({
        code: 'PIPELINE_MODEL_INVALID',
      })
    }
  })
})
