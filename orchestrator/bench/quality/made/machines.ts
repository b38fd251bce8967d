// Made series whose cause would be known: temperatures, taxi rides, a cluster's load, keys of a person.

import type { Random } from '#data/kernel'
import {
  add,
  burst,
  bursts,
  change,
  dayCourse,
  drifting,
  hour,
  logNormal,
  placesOf,
  type Sketch,
  sketch,
} from './shape.ts'

/** Room temperature by the hour over most of a year: slow drift, a day's course, failures of the cooling. */
export function roomTemperature(random: Random): Sketch {
  const made = sketch(7267, hour)
  const noise = drifting(random, 0.8, 0.6)
  const wander = drifting(random, 0.997, 2)
  add(made, (i) => 70 + noise() + wander() + 1.5 * Math.sin((2 * Math.PI * i) / 24) + Math.sin(i / 1400))
  for (const at of placesOf(random, 7267, 2)) {
    made.labels.push(at)
    const by = (random.next() < 0.7 ? -1 : 1) * logNormal(random, 7, 0.3)
    const lasts = random.int(10, 60)
    change(made, at, at + lasts, (value, i) => value + by * Math.sin((Math.PI * (i - at + 1)) / (lasts + 1)))
  }
  return made
}

/** Temperature inside a machine: slow, with dips that end in a failure. */
export function machineTemperature(random: Random): Sketch {
  const length = 22_695
  const made = sketch(length, 300_000)
  const noise = drifting(random, 0.9, 1.5)
  const wander = drifting(random, 0.9996, 8)
  add(made, () => 85 + noise() + wander())
  const places = placesOf(random, length, 4)
  for (const at of places) {
    made.labels.push(at)
    const depth = logNormal(random, 25, 0.5)
    const lasts = random.int(80, 500)
    change(made, at, at + lasts, (value, i) => {
      const share = (i - at) / lasts
      return value - depth * (share < 0.7 ? share / 0.7 : (1 - share) / 0.3) + random.normal(0, 2)
    })
  }
  bursts(
    made,
    random,
    5,
    () => -logNormal(random, 10, 0.3),
    () => random.int(3, 30),
  )
  return made
}

/** Rides by the half hour: strong day and week, with holidays, a marathon, a storm. */
export function rides(random: Random): Sketch {
  const length = 10_320
  const made = sketch(length, hour / 2)
  const course = dayCourse(random)
  const noise = drifting(random, 0.6, 900)
  add(made, (i) => {
    const weekday = Math.floor(i / 48) % 7
    const level = weekday >= 5 ? 0.85 : 1
    return 3_000 + level * 22_000 * course((i + (weekday >= 5 ? 4 : 0)) / 48) + noise()
  })
  for (const at of placesOf(random, length, 5)) {
    made.labels.push(at)
    const lasts = random.int(16, 60)
    const factor = random.pick([1.35, 0.75, 0.6, 0.4, 1.25])
    change(made, at, at + lasts, (value) => value * factor)
  }
  change(made, 0, length, (value) => Math.max(0, Math.round(value)))
  return made
}

/** Load of a cluster with day and week whose scaling stops working. */
export function clusterLoad(random: Random): Sketch {
  const length = 18_050
  const made = sketch(length, 300_000)
  const course = dayCourse(random)
  const noise = drifting(random, 0.7, 5)
  add(made, (i) => 20 + (Math.floor(i / 288) % 7 >= 5 ? 15 : 35) * course(i / 288) + noise())
  const [at] = placesOf(random, length, 1) as [number]
  made.labels.push(at)
  const by = random.int(15, 40)
  change(made, at, at + random.int(600, 1600), (value) => Math.min(100, value + by))
  return made
}

/** Time a person holds a key, or between two: heavy tails, and another person from some point on. */
export function keyTimes(random: Random): Sketch {
  const length = random.pick([1882, 5315])
  const made = sketch(length, hour)
  const course = dayCourse(random)
  add(made, (i) => logNormal(random, 0.06 + 0.03 * course(i / 24), 0.35))
  for (const at of placesOf(random, length, 2)) {
    made.labels.push(at)
    const factor = random.pick([1.6, 2.2, 0.5])
    change(made, at, at + random.int(10, 60), (value) => value * factor)
    if (random.next() < 0.5) burst(made, at, 0.3, 2)
  }
  bursts(
    made,
    random,
    4,
    () => logNormal(random, 0.12, 0.4),
    () => 1,
  )
  return made
}
