// Chooses nodes for lines the way Fabrikam always did: usual node, next best, split, wait. It prices nothing.

import type { Random } from '#data/kernel'
import { never } from './calendar.ts'
import { chooseService, quotedDays } from './carriers.ts'
import type { Catalogue } from './catalogue.ts'
import type { Lottery } from './lottery.ts'
import type { Network } from './network.ts'
import type { Line, Order, Work } from './order.ts'
import type { Stock } from './stock.ts'

const packagingG = 140

/** Sources orders; promises stock for what it assigns. */
export class Sourcing {
  #network: Network
  #catalogue: Catalogue
  #stock: Stock
  #random: Random

  constructor(network: Network, catalogue: Catalogue, stock: Stock, random: Random) {
    this.#network = network
    this.#catalogue = catalogue
    this.#stock = stock
    this.#random = random
  }

  /**
   * Assigns lines to nodes: one where possible, else line by line.
   * @param excluded node that must not be used, -1 = none
   * @param attempt number of the try, from 1
   * @returns the works, already in the order; lines without one keep `work` null
   */
  assign(order: Order, lines: Line[], released: number, attempt: number, excluded: number): Work[] {
    for (const line of lines) line.work = null
    const one = this.#oneNode(order, lines, excluded)
    if (one >= 0) return [this.open(order, lines, one, released, attempt)]
    const groups = new Map<number, Line[]>()
    for (const line of lines) {
      const node = this.#nodeFor(order, line, excluded, groups)
      if (node < 0) continue
      const group = groups.get(node)
      if (group === undefined) groups.set(node, [line])
      else group.push(line)
    }
    return [...groups].map(([node, group]) => this.open(order, group, node, released, attempt))
  }

  /** Work for a node, with its stock promised. */
  open(order: Order, lines: Line[], node: number, released: number, attempt: number): Work {
    const work = workOf(order, lines, node, released, attempt)
    let weightG = packagingG
    for (const line of lines) {
      line.work = work
      line.isWaiting = false
      this.#stock.take(node * this.#stock.skus + line.sku, line.quantity)
      weightG += (this.#catalogue.products[line.sku]?.weightG ?? 0) * line.quantity
      work.units += line.quantity
    }
    work.weightG = weightG
    if (work.ships) {
      const km = this.#network.km[node]?.[order.destination] as number
      work.service = chooseService(order.speed, km, weightG, this.#random.next())
      work.quoted = quotedDays(work.service, km)
    }
    order.works.push(work)
    order.pending++
    return work
  }

  #oneNode(order: Order, lines: Line[], excluded: number): number {
    if (order.method === 'pickup' || order.method === 'curbside') {
      if (order.store !== excluded && this.#hasAll(order.store, lines)) return order.store
    }
    const usual = (this.#network.usual[order.destination] as Lottery).draw(this.#random.next())
    if (this.#mayUse(order, usual, excluded) && this.#hasAll(usual, lines)) return usual
    const vendor = this.#catalogue.products[lines[0]?.sku ?? 0]?.vendor ?? -1
    if (vendor >= 0 && vendor !== excluded && this.#hasAll(vendor, lines)) return vendor
    if (vendor >= 0) return -1
    for (const node of this.#network.ranking[order.destination] as readonly number[]) {
      if (this.#mayUse(order, node, excluded) && this.#hasAll(node, lines)) return node
    }
    return -1
  }

  #nodeFor(order: Order, line: Line, excluded: number, groups: Map<number, Line[]>): number {
    const vendor = this.#catalogue.products[line.sku]?.vendor ?? -1
    if (vendor >= 0) return vendor !== excluded && this.#has(vendor, line) ? vendor : -1
    for (const node of groups.keys()) {
      if (this.#network.nodes[node]?.type !== 'dropship' && this.#has(node, line)) return node
    }
    for (const node of this.#network.ranking[order.destination] as readonly number[]) {
      if (this.#mayUse(order, node, excluded) && this.#has(node, line)) return node
    }
    return -1
  }

  /** A parcel to a store does not start in that store. */
  #mayUse(order: Order, node: number, excluded: number): boolean {
    return node !== excluded && node !== order.store
  }

  #hasAll(node: number, lines: Line[]): boolean {
    for (const line of lines) if (!this.#has(node, line)) return false
    return true
  }

  #has(node: number, line: Line): boolean {
    return this.#stock.has(node * this.#stock.skus + line.sku, line.quantity)
  }
}

function workOf(order: Order, lines: Line[], node: number, released: number, attempt: number): Work {
  return {
    order,
    number: order.works.length + 1,
    node,
    attempt,
    lines,
    units: 0,
    short: 0,
    released,
    accepted: never,
    rejected: never,
    rejectReason: '',
    begun: never,
    picked: never,
    packed: never,
    shipped: never,
    delivered: never,
    collected: never,
    cancelledAt: never,
    shipBy: never,
    costCents: 0,
    ships: order.method === 'delivery' || order.method === 'ship_to_store' || node !== order.store,
    service: 0,
    quoted: 0,
    weightG: 0,
  }
}
