// A served application with a clock that the test moves, and short ways to ask its inventory.

import { SimulatedClock } from '#data/kernel'
import { openPlace, type Place, type Reply } from '../http-place.ts'

export const start = Date.UTC(2026, 10, 20, 12)

/** A position by its SKU and the short name of its node. */
export const at = (sku: string, node = 'A') => ({ sku, nodeId: `fab:${node}` })

/** Status, code and reason of a refusal. */
export const refusal = ({ status, body }: Reply) => [
  status,
  body.code,
  (body.details as { reason?: string } | undefined)?.reason,
]

/** Where inventory is asked. */
export class Counter {
  readonly clock = new SimulatedClock(start)
  #place: Place | null = null

  get place(): Place {
    if (this.#place === null) throw new Error('not open')
    return this.#place
  }

  async open(): Promise<void> {
    this.#place = await openPlace({ clock: this.clock })
    await this.place.engine.setClock({ mode: 'wall' })
  }

  close(): Promise<void> {
    return this.place.close()
  }

  post(path: string, body: unknown, key?: string): Promise<Reply> {
    const headers: Record<string, string> = key === undefined ? {} : { 'idempotency-key': key }
    return this.place.call('POST', `/api/v1${path}`, { body, headers })
  }

  get(path: string): Promise<Reply> {
    return this.place.call('GET', `/api/v1${path}`)
  }

  set(sku: string, onHand: number, node = 'A'): Promise<Reply> {
    return this.post('/inventory/adjustments', { items: [{ ...at(sku, node), onHand }] })
  }

  hold(sku: string, quantity: number, more: object = {}, key?: string): Promise<Reply> {
    return this.post('/inventory/reservations', { lines: [{ ...at(sku), quantity }], ...more }, key)
  }

  async figures(sku: string, node = 'A', more = ''): Promise<Record<string, unknown>> {
    const { body } = await this.get(`/inventory/availability?sku=${sku}&node=fab:${node}${more}`)
    return (body.items as Record<string, unknown>[])[0] as Record<string, unknown>
  }
}
