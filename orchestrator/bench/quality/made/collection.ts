// A collection of made series in the mix of public ones: servers, traffic, advertising, temperatures, mentions.

import { type Random, seededRandom } from '#data/kernel'
import type { LabelledSeries } from '../windows.ts'
import { artificialEvent, artificialQuiet } from './artificial.ts'
import { advertising, mentions, road } from './business.ts'
import { clusterLoad, keyTimes, machineTemperature, rides, roomTemperature } from './machines.ts'
import { latency, networkBytes, processorLoad, requestCount } from './servers.ts'
import { finished, type Sketch } from './shape.ts'

const mix: [kind: string, many: number, draw: (random: Random) => Sketch][] = [
  ['quiet', 5, artificialQuiet],
  ['artificial', 6, artificialEvent],
  ['advertising', 6, advertising],
  ['processor', 8, processorLoad],
  ['network', 5, networkBytes],
  ['requests', 2, requestCount],
  ['latency', 3, latency],
  ['room', 1, roomTemperature],
  ['machine', 1, machineTemperature],
  ['rides', 1, rides],
  ['cluster', 1, clusterLoad],
  ['keys', 2, keyTimes],
  ['road', 7, road],
  ['mentions', 10, mentions],
]

/** 58 labelled series from a seed. */
export function madeCollection(seed: string | number): LabelledSeries[] {
  return mix.flatMap(([kind, many, draw]) =>
    Array.from({ length: many }, (_, i) => {
      const name = `${kind}-${i + 1}`
      return finished(draw(seededRandom(`${seed}/${name}`)), name, kind)
    }),
  )
}
