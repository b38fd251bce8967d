// The world outside as one argument: time, randomness, settings and the log book. Built once at start.

import { type Clock, systemClock } from './clock.ts'
import { type Config, readConfig } from './config.ts'
import { createLogger, type Logger } from './logger.ts'
import { type Random, seededRandom } from './random.ts'

/** What a function may need of the world outside. */
export interface Effects {
  clock: Clock
  random: Random
  config: Config
  logger: Logger
}

/** The real world, with the settings of the environment. */
export function realEffects(config: Config = readConfig()): Effects {
  return {
    clock: systemClock,
    random: seededRandom(`${process.pid}/${systemClock.now()}`),
    config,
    logger: createLogger(config.logLevel),
  }
}
