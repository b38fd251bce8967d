// Holds alerts of a made-up retailer against its answer key: which faults were found, how soon, and which alerts
// tell of none. The key is only held against what was told.

import { type Fault, faultKinds } from '#data/world'
import type { PreviewedAlert } from '#models'

/** What came of one kind of fault. */
export interface KindScore {
  kind: Fault['kind']
  faults: number
  found: number
  /** Median hours from the beginning of a fault to the end of the bucket that first told of it; null = none found. */
  delayHours: number | null
}

/** What came of all. */
export interface WorldScore {
  kinds: KindScore[]
  alerts: number
  /** Alerts that tell of a fault: of what it names, or of the whole while one goes on. */
  right: number
  /** The same, but everything is counted that was told of any slice while a fault went on. */
  rightOrNear: number
}

const hourMs = 3_600_000
/** After a fault its work still arrives late for a while. */
const graceMs = 48 * hourMs
const slowGraceMs = 120 * hourMs

/** @param span epoch ms; faults that began outside are left out */
export function scoreAlerts(
  alerts: readonly PreviewedAlert[],
  faults: readonly Fault[],
  span: { from: number; to: number },
  provider: string,
): WorldScore {
  const looked = faults.filter(({ from }) => Date.parse(from) >= span.from && Date.parse(from) < span.to)
  const kinds = faultKinds.map((kind): KindScore => {
    const own = looked.filter((fault) => fault.kind === kind)
    const delays = own.flatMap((fault) => {
      const told = alerts.filter((alert) => tellsOf(alert, fault, provider))
      if (told.length === 0) return []
      return [
        Math.max(0, Math.min(...told.map(({ from }) => from)) + hourMs - Date.parse(fault.from)) / hourMs,
      ]
    })
    const sorted = delays.toSorted((a, b) => a - b)
    const delayHours = sorted[sorted.length >> 1] ?? null
    return { kind, faults: own.length, found: delays.length, delayHours }
  })
  const right = alerts.filter((alert) =>
    faults.some((fault) =>
      alert.key.startsWith('all/') ? isDuring(alert, fault) : tellsOf(alert, fault, provider),
    ),
  )
  const near = alerts.filter((alert) => faults.some((fault) => isDuring(alert, fault)))
  return { kinds, alerts: alerts.length, right: right.length, rightOrNear: near.length }
}

function tellsOf(alert: PreviewedAlert, fault: Fault, provider: string): boolean {
  const slices = [
    fault.nodeId === undefined ? null : `node/${provider}:${fault.nodeId}`,
    fault.carrier === undefined ? null : `carrier/${fault.carrier}`,
    fault.lane === undefined ? null : `lane/${fault.lane}`,
    fault.lane === undefined ? null : `carrier x lane/${fault.carrier} x ${fault.lane}`,
    fault.channel === undefined ? null : `channel/${fault.channel}`,
    fault.skuClass === undefined ? null : `sku_class/${fault.skuClass}`,
  ]
  return isDuring(alert, fault) && slices.some((slice) => slice !== null && isOf(alert.key, slice))
}

const isOf = (key: string, slice: string): boolean => key === slice || key.startsWith(`${slice}/`)

function isDuring({ from, to }: PreviewedAlert, fault: Fault): boolean {
  const isSlow = fault.kind === 'carrier_slowdown' || fault.kind === 'lane_slowdown'
  const end = fault.to === null ? Number.POSITIVE_INFINITY : Date.parse(fault.to)
  return to >= Date.parse(fault.from) && from <= end + (isSlow ? slowGraceMs : graceMs)
}
