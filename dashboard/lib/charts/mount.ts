// Draws a chart into an element while its component shows it. It knows no spec.

import type { Drawn } from './draw.ts'

/**
 * Draws the spec once the code of charts is there; the returned function takes the chart away again, also before that.
 * @param told drawn: the chart is there; failed: the code or the spec could not be used
 */
export function mountChart(
  element: HTMLElement,
  spec: Parameters<typeof import('./draw.ts')['draw']>[1],
  told: { drawn(chart: Drawn): void; failed(): void },
): () => void {
  let isGone = false
  let mine: Drawn | null = null
  import('./draw.ts')
    .then(({ draw }) => (isGone ? null : draw(element, spec)))
    .then((made) => {
      if (made === null) return
      if (isGone) return made.stop()
      mine = made
      told.drawn(made)
    })
    .catch(() => told.failed())
  return () => {
    isGone = true
    mine?.stop()
  }
}
