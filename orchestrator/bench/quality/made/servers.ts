// Made metrics of servers: processor, network, disk, requests and latency, five minutes apart for two weeks.

import type { Random } from '#data/kernel'
import {
  add,
  burst,
  bursts,
  change,
  day,
  dayCourse,
  drifting,
  logNormal,
  minutes5,
  placesOf,
  type Sketch,
  sketch,
} from './shape.ts'

const length = 4032

type Event = (made: Sketch, at: number, random: Random, scale: number) => void

const spike: Event = (made, at, random, scale) =>
  burst(made, at, scale * logNormal(random, 6, 0.6), random.int(1, 4))
const plateau: Event = (made, at, random, scale) => {
  const by = scale * logNormal(random, 4, 0.5)
  change(made, at, at + random.int(12, 150), (value) => value + by + random.normal(0, scale / 3))
}
const shift: Event = (made, at, random, scale) => {
  const by = scale * logNormal(random, 4, 0.5) * (random.next() < 0.35 ? -1 : 1)
  change(made, at, length, (value) => value + by)
}
const drop: Event = (made, at, random, scale) => {
  const by = scale * logNormal(random, 4, 0.4)
  change(made, at, at + random.int(3, 60), (value) => Math.max(0, value - by))
}
const restless: Event = (made, at, random, scale) => {
  change(made, at, at + random.int(40, 200), (value) => value + random.normal(0, scale * 3))
}
const calm: Event = (made, at, random) => {
  const [value] = [made.values[at] as number]
  change(made, at, at + random.int(60, 300), () => value)
}

/** Events of a file and the things like them that nobody labelled. */
function events(made: Sketch, random: Random, scale: number, kinds: Event[]): void {
  const many = random.weighted([1, 5, 6, 3])
  for (const at of placesOf(random, length, many)) {
    made.labels.push(at)
    random.pick(kinds)(made, at, random, scale)
  }
  if (random.next() < 0.6)
    bursts(
      made,
      random,
      2.5,
      () => scale * logNormal(random, 2, 0.6),
      () => random.int(1, 3),
    )
}

/** Processor load: a level with noise, sometimes with jobs at fixed times, sometimes with a day's course. */
export function processorLoad(random: Random): Sketch {
  const made = sketch(length, minutes5)
  const sd = random.pick([0.05, 0.5, 2, 4])
  const level = random.pick([0.1, 2, 20, 45, 90])
  const noise = drifting(random, random.pick([0, 0.5, 0.9]), sd)
  const job = random.next() < 0.5 ? random.pick([12, 36, 72, 288]) : 0
  const jobHeight = sd * random.int(2, 8)
  const course = dayCourse(random)
  const daily = random.next() < 0.3 ? sd * random.int(2, 6) : 0
  const tail = random.next() < 0.4 ? 0.8 : 0
  add(made, (i) => {
    const work = job > 0 && i % job < 2 ? jobHeight * (0.7 + 0.6 * random.next()) : 0
    const extra = tail > 0 && random.next() < 0.03 ? sd * logNormal(random, 2, tail) : 0
    return level + noise() + work + extra + daily * course(i / day)
  })
  events(made, random, Math.max(sd * 1.5, jobHeight / 3), [
    spike,
    spike,
    shift,
    shift,
    plateau,
    drop,
    restless,
  ])
  change(made, 0, length, (value) => Math.max(0, Math.round(value * 1000) / 1000))
  return made
}

/** Bytes in or out, or written: near nothing with bursts whose heights have a heavy tail. */
export function networkBytes(random: Random): Sketch {
  const made = sketch(length, minutes5)
  const base = logNormal(random, 1e5, 1.5)
  const spread = random.pick([0.1, 0.3, 0.8])
  const every = random.pick([40, 120, 400])
  const isZero = random.next() < 0.3
  add(made, () => {
    if (random.next() < 1 / every) return base * logNormal(random, 6, 0.8)
    return isZero && random.next() < 0.8 ? 0 : base * logNormal(random, 1, spread)
  })
  events(made, random, base * logNormal(random, 5, 0.5), [
    spike,
    spike,
    spike,
    plateau,
    plateau,
    shift,
    restless,
  ])
  change(made, 0, length, (value) => Math.max(0, value))
  return made
}

/** Requests to a balancer: counts with a day's course and bursts. */
export function requestCount(random: Random): Sketch {
  const made = sketch(length, minutes5)
  const course = dayCourse(random)
  const peak = logNormal(random, 100, 0.6)
  const spread = random.pick([0.2, 0.4])
  add(made, (i) => random.poisson(Math.max(0.2, peak * course(i / day) * logNormal(random, 1, spread))))
  events(made, random, peak, [spike, spike, plateau, drop])
  change(made, 0, length, (value) => Math.max(0, Math.round(value)))
  return made
}

/** Latency or load that is almost constant, with rare high points. */
export function latency(random: Random): Sketch {
  const made = sketch(length, minutes5)
  const sd = random.pick([0.5, 1, 2])
  const noise = drifting(random, 0.4, sd)
  const wander = drifting(random, 0.998, sd * random.pick([0, 1, 3]))
  add(made, () => 45 + noise() + wander())
  events(made, random, sd * 2, [spike, plateau, restless, calm, shift])
  return made
}
