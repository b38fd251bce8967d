// What the thread of the forecaster can do.

import type { Profile } from '../registry/index.ts'
import type { NetState, Tasks } from '../runtime/index.ts'
import type { Examples } from './examples.ts'
import { teachForecast } from './teach-forecast.ts'
import { forecastCounts } from './watched.ts'

/** Days of series to be held against what a net learned from. */
export interface ForecastWatch {
  net: NetState
  examples: Examples
  profile: Profile
}

/** Tasks by name. */
export const tasks = {
  teach: teachForecast,
  watch: async ({ net, examples, profile }: ForecastWatch): Promise<number[][]> =>
    forecastCounts(net, examples, profile),
} satisfies Tasks
