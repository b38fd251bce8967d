// Made series of business and city: prices of clicks, road sensors, mentions of a company.

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

/** Cost per click or per thousand views by the hour: a day's course, skewed noise, peaks of which some count. */
export function advertising(random: Random): Sketch {
  const length = random.int(1_538, 1_648)
  const made = sketch(length, hour)
  const course = dayCourse(random)
  const level = random.pick([0.1, 0.5, 1.5])
  const spread = random.pick([0.2, 0.35, 0.6])
  const daily = 0.6 * random.next()
  add(made, (i) => level * (1 + daily * course(i / 24)) * logNormal(random, 1, spread))
  const many = random.weighted([0, 2, 2, 2])
  for (const at of placesOf(random, length, many)) {
    made.labels.push(at)
    if (random.next() < 0.7)
      burst(made, at, level * logNormal(random, 3 + 4 * spread, 0.6), random.pick([1, 1, 3, 10]))
    else change(made, at, at + random.int(8, 48), (value) => value * random.pick([0.3, 1.8]))
  }
  bursts(
    made,
    random,
    4,
    () => level * logNormal(random, 1 + 4 * spread, 0.5),
    () => 1,
  )
  return made
}

/** Occupancy, speed and time of travel: usual value, what the rush adds, noise, and which way a jam goes. */
const roads = [
  { level: 3, rush: 12, noise: 2, sign: 1 },
  { level: 68, rush: 14, noise: 4, sign: -1 },
  { level: 120, rush: 150, noise: 50, sign: 1 },
]

/** Occupancy, speed or time of travel on a road: rush hours, uneven steps in time, jams. */
export function road(random: Random): Sketch {
  const length = random.int(1_127, 2_500)
  const made = sketch(length, 600_000)
  const steps = made.times
  for (let i = 1; i < length; i++) {
    const gap = random.next() < 0.01 ? random.int(20, 300) : random.pick([5, 5, 10, 10, 15, 30])
    steps[i] = (steps[i - 1] as number) + gap * 60_000
  }
  const course = dayCourse(random)
  const { level, rush, noise, sign } = random.pick(roads)
  const own = drifting(random, 0.5, noise)
  const at = (i: number) => (steps[i] as number) / (24 * hour)
  add(made, (i) => level + sign * rush * course(at(i)) * random.next() + own())
  const many = random.weighted([0, 3, 3, 2, 1])
  for (const place of placesOf(random, length, many)) {
    made.labels.push(place)
    const height = sign * (rush + 2 * noise) * logNormal(random, 1.2, 0.5)
    burst(made, place, height, random.int(1, 8))
  }
  bursts(
    made,
    random,
    3,
    () => sign * (rush + noise) * logNormal(random, 0.7, 0.4),
    () => random.int(1, 3),
  )
  change(made, 0, length, (value) => Math.max(0, Math.round(value * 10) / 10))
  return made
}

/** Mentions in five minutes: small counts with a day's course, and bursts with a heavy tail; the largest count. */
export function mentions(random: Random): Sketch {
  const length = 15_900
  const made = sketch(length, 300_000)
  const course = dayCourse(random)
  const rate = logNormal(random, 20, 1)
  const weekly = 0.3 * random.next()
  const wander = drifting(random, 0.999, 0.3)
  const crowd = drifting(random, 0.9, 0.3)
  add(made, (i) => {
    const week = 1 - weekly * (Math.floor(i / 288) % 7 >= 5 ? 1 : 0)
    return random.poisson(rate * (0.3 + course(i / 288)) * week * Math.exp(wander() + crowd()))
  })
  const scale = Math.max(4, rate)
  const small = bursts(
    made,
    random,
    45,
    () => scale * logNormal(random, 1.6, 0.7),
    () => random.int(1, 12),
  )
  const many = random.int(2, 4)
  for (const at of placesOf(random, length, many)) {
    made.labels.push(at)
    const height = scale * logNormal(random, 14, 0.6)
    burst(made, at, height, random.pick([2, 6, 20, 60]))
  }
  const odd = small.filter(({ height }) => height > 12 * scale && random.next() < 0.3)
  made.labels.push(
    ...odd
      .map(({ at }) => at)
      .filter((at) => at > 900)
      .slice(0, 1),
  )
  change(made, 0, length, (value) => Math.max(0, Math.round(value)))
  return made
}
