// Says what is odd about a problem from files and can be solved all the same: what the network check finds, weights and
// places that nobody knows. It changes nothing.

import type { api } from '#data/contracts'
import { checkNetwork } from '../documents/check-network.ts'
import type { CompiledNetwork } from '../network/compiled.ts'
import type { FileOrder, SourcingFiles } from './problem-files.ts'

/** Something odd. */
export interface FileFinding {
  code: string
  /** One sentence. */
  text: string
}

/** What is odd, the network first. */
export function findingsOf(files: SourcingFiles, network: CompiledNetwork): FileFinding[] {
  const found = checkNetwork(files.network, []).map(({ code, text }) => ({ code, text }))
  const weights = new Map(files.products.map(({ sku, weightG }) => [sku, weightG]))
  const hasNoWeight = ({ freight, weightG, method, lines }: FileOrder) =>
    (method === 'delivery' || method === 'ship_to_store') &&
    freight === 'prepaid' &&
    weightG === null &&
    lines.some((line) => (line.weightG ?? weights.get(line.sku) ?? null) === null)
  const light = files.orders.filter(hasNoWeight)
  if (light.length > 0 && files.network.rateCards.some(({ bands }) => bands.some(asksWeight))) {
    const text = `Nobody knows the weight of ${named(light)}: the lowest of each rate card is taken.`
    found.push({ code: 'weight_unknown', text })
  }
  const lost = files.orders.filter(({ destination }) => network.locate(destination) === null)
  if (lost.length > 0 && asksDistance(files)) {
    const text = `Nobody knows the place of ${named(lost)}: what asks for a distance does not fit.`
    found.push({ code: 'place_unknown', text })
  }
  return found
}

function named(orders: readonly FileOrder[]): string {
  const [first] = orders
  const one = first === undefined ? '' : ` (such as ${first.orderId})`
  return `${orders.length} ${orders.length === 1 ? 'order' : 'orders'}${one}`
}

function asksWeight(band: api.RateBand): boolean {
  return band.perKgCents > 0 || band.weightFromG > 0 || band.weightToG !== null
}

function asksDistance({ network, strategy }: SourcingFiles): boolean {
  const isAsked = (band: api.RateBand) =>
    band.perKmCents > 0 || band.distanceFromKm > 0 || band.distanceToKm !== null
  return (
    network.rateCards.some(({ bands }) => bands.some(isAsked)) ||
    strategy.constraints.some(({ name }) => name === 'max_distance')
  )
}
