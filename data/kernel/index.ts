// Door of the kernel: errors, clock, randomness, settings, logging, retry, units, names.

export { type Clock, SimulatedClock, systemClock } from './clock.ts'
export { type Config, marketNames, readConfig } from './config.ts'
export { type Effects, realEffects } from './effects.ts'
export {
  asDetourError,
  DetourError,
  type ErrorCode,
  type ErrorDetails,
  errorTable,
  fail,
  reasonOf,
} from './errors.ts'
export { createLogger, type Logger } from './logger.ts'
export { camelCase, camelRow, quoteName, quoteText, snakeCase } from './names.ts'
export { type Random, seededRandom } from './random.ts'
export { backoffMs, type RetryPolicy, retry } from './retry.ts'
export { lowerPool, lowerThisThread } from './thread-priority.ts'
export {
  currencies,
  gramsPer,
  isCurrency,
  isTimeZone,
  millimetresPer,
  minorUnitsOf,
  showBytes,
  showCount,
  showMoney,
} from './units.ts'
