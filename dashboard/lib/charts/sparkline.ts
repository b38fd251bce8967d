// Sparklines as plain SVG paths: line, expected band, and where the last odd point is. Pure.

import type { api } from '#data/contracts'

/** A sparkline in a box. */
export interface Sparkline {
  line: string
  band: string
  /** Last odd point, as shares of width and height from the top left; null where there is none. */
  odd: { x: number; y: number } | null
}

/**
 * Paths of the points in a box.
 * @param width of the box, any unit
 * @param height of the box, same unit
 */
export function sparkline(points: readonly api.SeriesPoint[], width: number, height: number): Sparkline {
  const values = points.flatMap(({ value, low, high }) => [value, low, high]).filter((one) => one !== null)
  if (values.length === 0) return { line: '', band: '', odd: null }
  const [least, most] = [Math.min(...values), Math.max(...values)]
  const span = most - least || 1
  const pad = 4
  const x = (i: number) => (points.length === 1 ? width / 2 : (i * width) / (points.length - 1))
  const y = (value: number) =>
    most === least ? height / 2 : pad + (1 - (value - least) / span) * (height - 2 * pad)
  const at = (i: number, value: number) => `${x(i).toFixed(1)} ${y(value).toFixed(1)}`
  const odd = points.findLastIndex((point) => point.anomaly !== null && point.value !== null)
  const oddValue = points[odd]?.value ?? null
  return {
    line: runs(points, (point) => point.value !== null)
      .map((run) => path(run.map((i) => at(i, points[i]?.value ?? 0))))
      .join(''),
    band: runs(points, (point) => point.low !== null && point.high !== null)
      .map((run) => bandOf(run, points, at))
      .join(''),
    odd: oddValue === null ? null : { x: x(odd) / width, y: y(oddValue) / height },
  }
}

function bandOf(
  run: number[],
  points: readonly api.SeriesPoint[],
  at: (i: number, value: number) => string,
): string {
  const upper = run.map((i) => at(i, points[i]?.high ?? 0))
  const lower = run.toReversed().map((i) => at(i, points[i]?.low ?? 0))
  return `${path([...upper, ...lower])}Z`
}

/** Indexes of neighbours that all pass, run by run: a gap in the data is a gap in the line. */
function runs(points: readonly api.SeriesPoint[], passes: (point: api.SeriesPoint) => boolean): number[][] {
  const found: number[][] = []
  let open: number[] | null = null
  points.forEach((point, i) => {
    if (!passes(point)) open = null
    else if (open === null) {
      open = [i]
      found.push(open)
    } else open.push(i)
  })
  return found
}

function path(places: string[]): string {
  if (places.length === 1) return `M${places[0]}h0.1`
  return places.map((place, i) => `${i === 0 ? 'M' : 'L'}${place}`).join('')
}
