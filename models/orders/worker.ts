// The thread of the models: it owns the nets, teaches and asks them. It reads no warehouse and writes no file.

import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { reasonOf } from '#data/kernel'
import { chooseBackend, dispose, type Net, netFrom } from '../runtime/index.ts'
import { unpack } from './encode.ts'
import type { PackedRows } from './features.ts'
import { judge } from './judge.ts'
import type { ModelMeta, Reply, Request, StoredModel, WorkerSettings } from './protocol.ts'
import type { OrderScore } from './score.ts'
import { train } from './train.ts'

/** A model in memory; its net is freed once it was replaced and nobody uses it any more. */
interface Loaded {
  meta: ModelMeta
  net: Net
  users: number
}

const models = new Map<string, Loaded>()

function keep(meta: ModelMeta, net: Net): void {
  const old = models.get(meta.market)
  models.set(meta.market, { meta, net, users: 0 })
  if (old?.users === 0) dispose(old.net)
}

async function score(market: string, rows: PackedRows): Promise<OrderScore[]> {
  const model = models.get(market)
  if (model === undefined) throw new Error(`there is no model of market ${market}`)
  model.users++
  try {
    return await judge(model.net, model.meta, unpack(rows))
  } finally {
    model.users--
    if (model.users === 0 && models.get(market) !== model) dispose(model.net)
  }
}

async function answer(request: Request, backend: string): Promise<Extract<Reply, { ok: true }>> {
  const { id } = request
  switch (request.kind) {
    case 'hello':
      return { id, ok: true, value: { backend } }
    case 'load': {
      const { meta, weights } = request.model
      keep(meta, netFrom({ layers: meta.layers, hidden: 'relu', output: 'linear', weights }))
      return { id, ok: true, value: { backend } }
    }
    case 'train': {
      const { model, net } = await train(request, backend)
      keep(model.meta, net)
      return { id, ok: true, value: model satisfies StoredModel }
    }
    case 'score':
      return { id, ok: true, value: await score(request.market, request.rows) }
  }
}

function start(port: MessagePort, settings: WorkerSettings): void {
  const chosen = chooseBackend(settings.backends)
  port.on('message', (request: Request) => {
    chosen
      .then(({ backend }) => answer(request, backend))
      .then((reply) => port.postMessage(reply))
      .catch((error: unknown) =>
        port.postMessage({ id: request.id, ok: false, reason: reasonOf(error) } satisfies Reply),
      )
  })
}

if (parentPort !== null) start(parentPort, workerData as WorkerSettings)
