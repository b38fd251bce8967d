// Door of the global forecaster inside this room: what it sees, how it is asked, how it is taught.

export { type Example, type Examples, laidOut } from './examples.ts'
export { type ForecastSettings, type Forecasts, openForecasts } from './forecasts.ts'
export { Forward } from './forward.ts'
export type { ForecastLesson, ForecastTaught } from './teach-forecast.ts'
export { ahead, inputsOf, type Kind, opinionOf, targetOf, type View } from './view.ts'
