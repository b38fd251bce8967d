// What the thread of the orders' models does: keeps the net of each market, teaches and asks them. It reads no
// warehouse and writes no file.

import { countsByColumn } from '../registry/index.ts'
import { dispose, type Net, netFrom, type TaskContext } from '../runtime/index.ts'
import { unpack } from './encode.ts'
import { judge } from './judge.ts'
import type { ModelMeta, OrderModel, Scored, ScoreInput, Trained, TrainInput } from './meta.ts'
import { train } from './train.ts'

/** A model in memory; its net is freed once it was replaced and nobody uses it any more. */
interface Loaded {
  version: string
  meta: ModelMeta
  net: Net
  users: number
}

const models = new Map<string, Loaded>()

async function load({ market, model }: { market: string; model: OrderModel }): Promise<null> {
  const old = models.get(market)
  models.set(market, { version: model.version, meta: model.meta, net: netFrom(model.net), users: 0 })
  if (old?.users === 0) dispose(old.net)
  return null
}

async function score({ market, rows, profile }: ScoreInput): Promise<Scored> {
  const model = models.get(market)
  if (model === undefined) throw new Error(`there is no model of market ${market}`)
  const columns = unpack(rows)
  model.users++
  try {
    const scores = await judge(model.net, model, columns)
    const counts = profile === null ? null : countsByColumn(profile, new Map(Object.entries(columns)))
    return { scores, counts }
  } finally {
    model.users--
    if (model.users === 0 && models.get(market) !== model) dispose(model.net)
  }
}

/** Tasks by name. */
export const tasks = {
  hello: async (_: null, { backend }: TaskContext) => ({ backend }),
  load,
  score,
  train: (input: TrainInput, context: TaskContext): Promise<Trained> => train(input, context),
}
