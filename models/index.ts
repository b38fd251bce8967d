// Door of the models: expected ranges of series, constraints found in them, and the model of orders.

export { type Deviation, type Explanation, explainDeviation, type RootCause } from './causes/explain.ts'
export {
  type LateCard,
  type LateModels,
  type LateOptions,
  type LateSettings,
  type LateTraining,
  lateRef,
  openLate,
} from './late/late-models.ts'
export { type LateView, transitKey, type WorkRisk } from './late/model.ts'
export type { Hours, Stage } from './late/passage.ts'
export { orderAnomalies } from './orders/anomalies.ts'
export { type Models, type ModelsOptions, openModels } from './orders/models.ts'
export type { OrderReason, OrderScore } from './orders/score.ts'
export { type BandPoint, type SeriesInput, seasonalBaseline } from './series/baseline.ts'
export { detectSeries, SeriesWatch } from './series/detect.ts'
export type {
  AnomalyRow,
  Cause,
  Constraint,
  Detection,
  DetectOptions,
  MetricFinding,
} from './series/detection.ts'
export { isUsable, StreamDetector, type StreamState, type StreamVerdict } from './stream/detector.ts'
export type { StreamReason } from './stream/evidence.ts'
