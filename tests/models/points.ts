// A warehouse in memory with hourly metric points written straight into it, for the tests of the detection.
// It asserts nothing.

import { seededRandom } from '#data/kernel'
import { migrate, openWarehouse, type Warehouse } from '#data/warehouse'
import { hourMs, seriesStart, usualAt } from './series.ts'

/** What happens at a node in the hours of a fault: the part of its work that still gets done. */
export interface NodeFault {
  node: string
  from: number
  to: number
  left: number
}

/** Length of the written history, hours. */
export const writtenHours = 5 * 168
/** The nodes of the written history. */
export const writtenNodes = ['shop:n0', 'shop:n1', 'shop:n2', 'shop:n3', 'shop:n4', 'shop:n5']

/** A warehouse whose nodes work off what comes in, hour by hour, with the given faults. */
export async function warehouseWith(faults: readonly NodeFault[], seed = 'points'): Promise<Warehouse> {
  const warehouse = await openWarehouse(':memory:', { memoryMb: 512, threads: 2 })
  await migrate(warehouse)
  const rows: string[] = []
  for (const node of writtenNodes) rows.push(...rowsOf(node, faults, seed))
  for (let i = 0; i < rows.length; i += 2000) {
    await warehouse.run(`INSERT INTO metric_points
      SELECT 'main', metric, 'node', node, 'hour', to_timestamp(${seriesStart / 1000} + hour * 3600), value, 1,
        value, value, true
      FROM (VALUES ${rows.slice(i, i + 2000).join(', ')}) AS list (metric, node, hour, value)`)
  }
  const end = seriesStart + writtenHours * hourMs
  await warehouse.run(`INSERT INTO market_clock
    SELECT 'main', to_timestamp(${seriesStart / 1000})::DATE, to_timestamp(${end / 1000}),
      to_timestamp(${seriesStart / 1000})::DATE, to_timestamp(${seriesStart / 1000})::DATE`)
  return warehouse
}

function rowsOf(node: string, faults: readonly NodeFault[], seed: string): string[] {
  const random = seededRandom(`${seed}/${node}`)
  const rows: string[] = []
  let waiting = 5
  for (let hour = 0; hour < writtenHours; hour++) {
    const fault = faults.find((one) => one.node === node && hour >= one.from && hour < one.to)
    const came = random.poisson(usualAt(hour, 30))
    const able = Math.round(random.poisson(usualAt(hour, 30) * 1.1 + 4) * (fault?.left ?? 1))
    const left = Math.min(waiting + came, able)
    waiting += came - left
    rows.push(`('backlog', '${node}', ${hour}, ${waiting})`, `('lines_shipped', '${node}', ${hour}, ${left})`)
  }
  return rows
}
