// Keeps the table of effects near what became of orders: measured again from time to time, and written where it
// changed. It measures nothing itself.

import { operations } from '#data/contracts'
import type { Warehouse } from '#data/warehouse'
import { insertRows } from '#orchestrator/projection'
import { effectRows, measureEffects } from '#orchestrator/reroute'

/**
 * Measures the effects of a market and writes them.
 * @param before what it gave the last time, '' = nothing
 * @returns the effects as text, to be given the next time
 */
export async function keepEffects(
  warehouse: Warehouse,
  at: { market: string; now: number },
  before: string,
): Promise<string> {
  const effects = await warehouse.reading((queries) => measureEffects(queries, at))
  const text = JSON.stringify(effects)
  const isNothing = effects.every(({ moved, heldOut }) => moved + heldOut === 0)
  if (text === before || (isNothing && before === '')) return before
  await warehouse.transaction(async (queries) => {
    await queries.run(`DELETE FROM ${operations.rerouteEffects.name} WHERE market = $1`, [at.market])
    await insertRows(queries, operations.rerouteEffects, effectRows(effects, at))
  })
  return text
}
