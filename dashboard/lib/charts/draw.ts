// Draws a Vega-Lite spec into an element. Loaded only when a chart is on screen; it evaluates no code, so that a
// strict policy holds.

import type { View } from 'vega'
import embed from 'vega-embed'
import { expressionInterpreter } from 'vega-interpreter'
import type { TopLevelSpec } from 'vega-lite'

/** A drawn chart. */
export interface Drawn {
  /** Place of a wall-clock time, px from the left of the element, and of a value, px from its top. */
  placeOf(t: number, value: number | null): { x: number; y: number | null }
  /** Wall-clock time at px from the left. */
  timeAt(x: number): number
  /** Height of the plotting area with its offset from the top, px. */
  plot(): { top: number; height: number }
  stop(): void
}

/** Draws the spec; the element is emptied when the chart is stopped. */
export async function draw(element: HTMLElement, spec: TopLevelSpec): Promise<Drawn> {
  const result = await embed(element, spec, {
    ast: true,
    expr: expressionInterpreter,
    renderer: 'svg',
    actions: false,
    defaultStyle: false,
    tooltip: false,
  })
  const view: View = result.view
  const origin = () => view.origin()
  const scale = (name: string) => view.scale(name) as unknown as Scale
  return {
    placeOf: (t, value) => ({
      x: scale('x')(t) + origin()[0] + paddingOf(view).left,
      y: value === null ? null : scale('y')(value) + origin()[1] + paddingOf(view).top,
    }),
    timeAt: (x) => Number(scale('x').invert(x - origin()[0] - paddingOf(view).left)),
    plot: () => ({ top: origin()[1] + paddingOf(view).top, height: view.height() }),
    stop: () => result.finalize(),
  }
}

interface Scale {
  (value: number): number
  invert(place: number): number | Date
}

function paddingOf(view: View): { left: number; top: number } {
  const padding = view.padding()
  return typeof padding === 'number'
    ? { left: padding, top: padding }
    : { left: padding.left ?? 0, top: padding.top ?? 0 }
}
