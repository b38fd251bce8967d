// Generated series with a known season and known faults, for the tests of the models. It asserts nothing.

import { type Random, seededRandom } from '#data/kernel'

/** First hour of every generated series: a Monday. */
export const seriesStart = Date.UTC(2026, 0, 5)
/** Length of an hour, ms. */
export const hourMs = 3_600_000

/** What is expected of an hour: busy days, quiet nights, half of it at weekends. */
export function usualAt(hour: number, level: number): number {
  const ofDay = hour % 24
  const weekday = Math.floor(hour / 24) % 7
  const shape = ofDay < 6 ? 0.2 : 0.6 + 0.9 * Math.sin(((ofDay - 6) / 18) * Math.PI)
  return level * shape * (weekday >= 5 ? 0.5 : 1)
}

/** Counts around the usual, times `factor` in the hours of the fault. */
export function counts(
  hours: number,
  level: number,
  random: Random = seededRandom('counts'),
  fault: { from: number; to: number; factor: number } = { from: 0, to: 0, factor: 1 },
): number[] {
  return Array.from({ length: hours }, (_, hour) => {
    const isFaulty = hour >= fault.from && hour < fault.to
    return random.poisson(usualAt(hour, level) * (isFaulty ? fault.factor : 1))
  })
}
