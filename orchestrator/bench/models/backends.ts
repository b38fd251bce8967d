// How fast each backend of TensorFlow.js learns and is asked on this machine, and how far its answers are from those of
// plain JavaScript.

import type { Effects } from '#data/kernel'
import { measureBackends } from '#models'
import type { BenchRow } from '../row.ts'

const group = 'models'
/** Answers of one net taught on two backends may differ by so much. */
const differenceMost = 1e-4

/** Rows about backends; those that are not there are left out. */
export async function benchBackends({ clock }: Effects): Promise<BenchRow[]> {
  const timings = await measureBackends(clock)
  const plain = timings.find(({ backend }) => backend === 'cpu')
  return timings.flatMap(({ backend, learnMs, askMs, difference }): BenchRow[] => {
    const row = { group, unit: 'ms', goal: null, pass: null }
    const against = (value: number, base: number | undefined) =>
      backend === 'cpu' || base === undefined
        ? { value, baseline: null, ratio: null }
        : { value, baseline: `plain JavaScript, ${base.toFixed(2)} ms`, ratio: value / base }
    return [
      {
        ...row,
        name: `${backend}: a step of a net 30-64-32-30 on 256 rows`,
        ...against(learnMs, plain?.learnMs),
      },
      { ...row, name: `${backend}: asking it for 2,048 rows`, ...against(askMs, plain?.askMs) },
      ...(backend === 'cpu' || plain === undefined
        ? []
        : [
            {
              ...row,
              name: `${backend}: largest difference of answers of a net taught on it`,
              value: difference,
              unit: '',
              baseline: 'plain JavaScript',
              ratio: null,
              goal: differenceMost,
              pass: difference <= differenceMost,
            },
          ]),
    ]
  })
}
