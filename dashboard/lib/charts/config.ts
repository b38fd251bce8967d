// The one look of every Vega-Lite chart: font, hairlines, no frames. It knows no data.

import type { Config } from 'vega-lite'
import type { Palette } from './palette.ts'

const font = '"Inter Variable", system-ui, "Segoe UI", sans-serif'

/** Shared settings of all charts. */
export function chartConfig(palette: Palette): Config {
  return {
    background: 'transparent',
    font,
    padding: { left: 4, right: 10, top: 6, bottom: 4 },
    view: { stroke: null },
    axis: {
      labelColor: palette.text,
      labelFontSize: 11,
      gridColor: palette.grid,
      domain: false,
      ticks: false,
      labelPadding: 8,
      title: null,
    },
    axisX: { grid: false, labelFlush: false, labelOverlap: 'parity' },
    axisY: { tickCount: 4, labelOverlap: true },
    text: { font, fontSize: 11 },
    legend: { disable: true },
  }
}
