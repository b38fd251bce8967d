// Door of the models: expected ranges of series, constraints found in them, and the model of orders.

export { type Deviation, type Explanation, explainDeviation, type RootCause } from './causes/explain.ts'
export { type Explainer, openExplainer } from './causes/explainer.ts'
export { type Examples as ForecastExamples, type Forecasts, openForecasts } from './forecast/index.ts'
export {
  type LateCard,
  type LateModels,
  type LateOptions,
  type LateSettings,
  type LateTraining,
  lateRef,
  openLate,
} from './late/late-models.ts'
export type { LateFigures, LateView, WorkRisk } from './late/model.ts'
export type { Passage } from './late/passage.ts'
export { type TrialInput, tryLate } from './late/trial.ts'
export { orderAnomalies } from './orders/anomalies.ts'
export { type Models, type ModelsOptions, openModels } from './orders/models.ts'
export type { OrderReason, OrderScore } from './orders/score.ts'
export type { OwnScored } from './own/meta.ts'
export { type OwnSettings, type OwnTask, scoreOwn, trainOwn } from './own/own.ts'
export {
  type Card as ModelCard,
  type Decision as ModelDecision,
  type Drift as ModelDrift,
  DriftWatches,
  type Journal as ModelJournal,
  Registry,
  type VersionState as ModelVersionState,
} from './registry/index.ts'
export { backendOrder, measureBackends, type NetState } from './runtime/index.ts'
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
export type { PreviewedAlert } from './series/preview.ts'
export { defaultDetection, Judgement, rulesOf } from './series/settings.ts'
export { alikeMetrics } from './steps/index.ts'
export { isUsable, StreamDetector, type StreamState, type StreamVerdict } from './stream/detector.ts'
export type { StreamReason } from './stream/evidence.ts'
export type { Table, TableColumn } from './table/columns.ts'
export {
  openTableDetector,
  type TableDetector,
  type TableOptions,
  type TableScores,
} from './table/detector.ts'
export { type Forest, type ForestShape, growForest, isolation } from './table/forest.ts'
export type { Matrix } from './table/matrix.ts'
export { type CellReason, sayReasons } from './table/reasons.ts'
