// What a ratio is among, where nobody says it: read off the ratio itself, since 18 of 19 is 0.947368 and nothing
// smaller is. It tells the least that it can be, never more.

/** Of a ratio that is 0 or 1, and of one that no small fraction gives, no more is taken for granted than this. */
const mostAmong = 100_000

/**
 * The least number of cases that a ratio can stand for, per row; at least 1.
 * @param actual ratios, 0 to 1
 * @param expected ratios, 0 to 1
 */
export function leastAmong(actual: ArrayLike<number>, expected: ArrayLike<number>): Float64Array {
  const tolerance = toleranceOf(actual)
  const trusted = Math.min(mostAmong, 0.2 / Math.sqrt(tolerance))
  return Float64Array.from(actual, (ratio, row) => {
    if (ratio > 0 && ratio < 1) return Math.min(trusted, denominatorOf(ratio, tolerance, trusted))
    // Nothing happened, or everything did: as many cases as would make one exception likely.
    const exceptions = Math.abs(ratio - (expected[row] ?? ratio))
    return exceptions > 0 ? Math.min(trusted, Math.max(1, 1 / exceptions)) : 1
  })
}

/** Half of the last place that is written out. */
function toleranceOf(ratios: ArrayLike<number>): number {
  let places = 2
  for (let row = 0; row < ratios.length && places < 12; row++) {
    const text = String(ratios[row])
    const point = text.indexOf('.')
    if (text.includes('e')) places = 12
    else if (point >= 0) places = Math.max(places, text.length - point - 1)
  }
  return 0.5 * 10 ** -Math.min(12, places)
}

/** Smallest denominator of a fraction this close to x; `most` where there is none below it. */
function denominatorOf(x: number, tolerance: number, most: number): number {
  let [before, now] = [1, 0]
  let [topBefore, top] = [0, 1]
  let rest = x
  for (;;) {
    const whole = Math.floor(rest)
    ;[topBefore, top] = [top, whole * top + topBefore]
    ;[before, now] = [now, whole * now + before]
    if (now > most) return most
    if (now > 0 && Math.abs(x - top / now) <= tolerance) return now
    const left = rest - whole
    if (left <= 1e-15) return Math.max(1, now)
    rest = 1 / left
  }
}
