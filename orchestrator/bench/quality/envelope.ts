// The plain detector that the streaming one is held against: how far a value, its rolling mean or its rolling
// standard deviation is outside of the range seen so far. It is a yardstick only and used by nothing else.

const windowSize = 30

/**
 * A score in [0, 1) for each point, from the points before it alone.
 * @param values a series, finite
 */
export function envelopeScores(values: Float64Array): Float64Array {
  const ranges = Array.from({ length: 3 }, () => ({ low: Infinity, high: -Infinity }))
  const scores = new Float64Array(values.length)
  let sum = 0
  let squares = 0
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number
    const gone = i < windowSize ? 0 : (values[i - windowSize] as number)
    sum += value - gone
    squares += value * value - gone * gone
    const mean = sum / windowSize
    const sd = Math.sqrt(Math.max(0, squares / windowSize - mean * mean))
    const looks = i < windowSize - 1 ? [value] : [value, mean, sd]
    for (const [k, look] of looks.entries()) {
      const range = ranges[k] as { low: number; high: number }
      const beyond = Math.max(0, look - range.high, range.low - look)
      const width = range.high - range.low
      if (width > 0 && i >= 2 * windowSize)
        scores[i] = Math.max(scores[i] as number, beyond / (beyond + width))
      range.low = Math.min(range.low, look)
      range.high = Math.max(range.high, look)
    }
  }
  return scores
}
