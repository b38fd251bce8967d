// From residuals to decisions: p-values from held-back residuals, and the largest set of findings whose share of
// false ones stays below a bound. It knows no series.

/**
 * Conformal p-values: the share of held-back residuals at least as large, the new one counted in.
 * They are valid where held-back and new residuals are exchangeable; the least one is 1 / (held + 1).
 * @param heldBack residuals in any order
 * @source Vovk, Gammerman, Shafer: Algorithmic Learning in a Random World
 */
export function conformal(heldBack: ArrayLike<number>): (residual: number) => number {
  const sorted = Float64Array.from(heldBack).sort()
  return (residual) => {
    let low = 0
    let high = sorted.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((sorted[middle] as number) < residual) low = middle + 1
      else high = middle
    }
    return (sorted.length - low + 1) / (sorted.length + 1)
  }
}

/**
 * The threshold below or at which p-values are findings, so that at most a share `fdr` of them is expected false.
 * @returns 0 where none is
 * @source Benjamini, Hochberg: Controlling the False Discovery Rate
 */
export function discoveryThreshold(pValues: readonly number[], fdr: number): number {
  const sorted = Float64Array.from(pValues).sort()
  for (let i = sorted.length - 1; i >= 0; i--) {
    const p = sorted[i] as number
    if (p <= (fdr * (i + 1)) / sorted.length) return p
  }
  return 0
}

/**
 * One p-value for several that may depend on each other: the least of `count * p(j) / j` over the sorted ones.
 * @source Simes: An improved Bonferroni procedure for multiple tests of significance
 */
export function simes(pValues: readonly number[]): number {
  const sorted = [...pValues].sort((a, b) => a - b)
  return sorted.reduce((least, p, i) => Math.min(least, (sorted.length * p) / (i + 1)), 1)
}
