// Door of the models: expected ranges of series, constraints found in them, and the model of orders.

export { type BandPoint, type SeriesInput, seasonalBaseline } from './series/baseline.ts'
export { detectSeries } from './series/detect.ts'
export type {
  AnomalyRow,
  Cause,
  Constraint,
  Detection,
  DetectOptions,
  MetricFinding,
} from './series/detection.ts'
