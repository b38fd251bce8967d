// Colours of charts by their part; the page reads them from its tokens, tests use fixed ones.

/** Colours a chart needs. */
export interface Palette {
  line: string
  band: string
  ghost: string
  grid: string
  text: string
  bad: string
  good: string
  panel: string
  ink: string
  land: string
}

const tokens: Record<keyof Palette, string> = {
  line: '--brand',
  band: '--band',
  ghost: '--ghost',
  grid: '--line',
  text: '--faint',
  bad: '--bad',
  good: '--good',
  panel: '--panel',
  ink: '--ink',
  land: '--hover',
}

/**
 * The palette of the theme in force.
 * @param read value of a custom property
 */
export function paletteFrom(read: (token: string) => string): Palette {
  const entries = Object.entries(tokens).map(([part, token]) => [part, read(token).trim()])
  return Object.fromEntries(entries) as Record<keyof Palette, string>
}
