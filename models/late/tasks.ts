// What the thread of late-risk models can do.

import type { Tasks } from '../runtime/index.ts'
import { lookLate } from './look.ts'
import { teachLate } from './teach-late.ts'
import { tryIt } from './trial.ts'

/** Tasks by name. */
export const tasks = { teach: teachLate, look: lookLate, try: tryIt } satisfies Tasks
