// What the thread of the forecaster can do.

import type { Tasks } from '../runtime/index.ts'
import { teachForecast } from './teach-forecast.ts'

/** Tasks by name. */
export const tasks = { teach: teachForecast } satisfies Tasks
