// How full nodes get on one side of a what-if: the fullest day of each, by its tightest limit. It limits nothing.

import { defaultStrategy } from '#orchestrator/core'
import { CapacityRows } from '../model/capacity.ts'
import { openSession } from '../model/session.ts'
import type { Scene } from './scene.ts'
import type { Spent } from './spent.ts'

/** Work of a node. */
export interface NodeLoad {
  /** Share of the tightest limit on the fullest day, 1 = full; null = no limits. */
  load: number | null
}

/** Loads of nodes over waves of orders. */
export class WaveLoads {
  readonly byNode = new Map<string, NodeLoad>()

  /** Adds the days of a wave. */
  add(spent: Spent, scene: Scene, isPast: boolean): void {
    const days = [...spent.days]
    const session = openSession(spent.from(scene.world(defaultStrategy), isPast))
    const rows = new CapacityRows(session)
    for (const { nodeId, day } of days) {
      const facts = session.node(nodeId)
      const capacity = facts === undefined ? null : rows.of(facts, day)
      const before = this.byNode.get(nodeId)?.load ?? null
      if (capacity === null) {
        this.byNode.set(nodeId, { load: before })
        continue
      }
      const { limits, booked } = capacity
      let load = before ?? 0
      for (const kind of ['orders', 'lines', 'units'] as const) {
        if (limits[kind] === Number.POSITIVE_INFINITY) continue
        load = Math.max(load, limits[kind] > 0 ? booked[kind] / limits[kind] : booked[kind] > 0 ? 1 : 0)
      }
      this.byNode.set(nodeId, { load: Math.round(load * 1e4) / 1e4 })
    }
  }
}
