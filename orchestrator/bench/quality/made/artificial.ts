// Made series as a textbook draws them: clean days with one thing wrong, and the same days with nothing wrong.

import type { Random } from '#data/kernel'
import { add, bursts, change, day, drifting, minutes5, placesOf, type Sketch, sketch } from './shape.ts'

/** Flat and square days without any event. */
export function artificialQuiet(random: Random): Sketch {
  const made = sketch(4032, minutes5)
  const noise = random.pick([0, 0.5, 3, 8])
  const level = random.int(20, 80)
  const form = random.pick(['square', 'flat', 'wave'])
  const high = random.int(30, 60)
  const from = random.int(90, 120)
  const to = random.int(180, 230)
  add(made, (i) => {
    const at = i % day
    const lift = form === 'square' ? (at >= from && at < to ? high : 0) : 0
    return (
      level + lift + (form === 'wave' ? high * Math.sin((2 * Math.PI * i) / day) : 0) + even(random, noise)
    )
  })
  return made
}

/** The same with one event: a missing or higher or lower or longer day, a flat middle, denser or stray spikes. */
export function artificialEvent(random: Random): Sketch {
  const made = sketch(4032, minutes5)
  const noise = random.pick([1, 3, 6])
  const [at] = placesOf(random, 4032, 1) as [number]
  const middle = Math.floor(at / day) * day
  made.labels.push(middle + 108)
  const what = random.pick(['missing', 'higher', 'lower', 'flat', 'early', 'spikes', 'denser', 'period'])
  if (what === 'denser' || what === 'spikes') {
    spikes(made, random, what, at)
    return made
  }
  const lift = 45
  const [from, to] = [108, 216]
  add(made, (i) => {
    const isOdd = i >= middle && i < middle + day
    const place = i % day
    const start = isOdd && what === 'early' ? from - 40 : from
    const isUp = place >= start && place < to
    const share = isOdd ? ({ higher: 1.8, lower: -0.6, missing: 0 }[what] ?? 1) : 1
    if (isOdd && what === 'flat') return 30 + lift / 2 + even(random, noise / 4)
    if (what === 'period')
      return 40 + 20 * Math.sin((2 * Math.PI * i) / (i < at ? 48 : 33)) + even(random, noise)
    return 30 + (isUp ? lift * share : 0) + even(random, noise)
  })
  if (what === 'period') made.labels = [at]
  return made
}

function spikes(made: Sketch, random: Random, what: 'spikes' | 'denser', at: number): void {
  made.labels = [at]
  const noise = drifting(random, 0.3, 0.02)
  add(made, () => (what === 'denser' ? 0 : 0.2 + noise()))
  const usual = random.int(60, 140)
  const height = () => 0.8 + 0.4 * random.next()
  for (let i = random.int(0, usual); i < made.values.length; ) {
    change(made, i, i + 1, () => height())
    const isDense = what === 'denser' && i >= at && i < at + 2 * day
    i += Math.max(2, Math.round((isDense ? usual / 8 : usual) * (0.7 + 0.6 * random.next())))
  }
  if (what === 'spikes') {
    change(made, at, at + 1, () => 2 + random.next())
    bursts(made, random, 0, height, () => 1)
  }
}

function even(random: Random, width: number): number {
  return width * (random.next() - 0.5) * 2
}
