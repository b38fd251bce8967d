// What the thread of root causes can do.

import type { Tasks } from '../runtime/index.ts'
import { type Deviation, type Explanation, explainDeviation } from './explain.ts'

/** Tasks by name. */
export const tasks = {
  explain: async (deviation: Deviation): Promise<Explanation> => explainDeviation(deviation),
} satisfies Tasks
