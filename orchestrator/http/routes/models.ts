// Routes of models: what each is, its versions and their tests, trainings, and the own models of analysts.

import { Type } from 'typebox'
import { api } from '#data/contracts'
import type { Engine } from '#orchestrator/engine'
import { idempotencyHeaders } from '../command.ts'
import type { App, AppParts } from '../parts.ts'
import { problems } from '../problem.ts'
import type { Repeats } from '../repeats.ts'
import { closed, word } from './fields.ts'

const tags = ['models']
const bodyLimit = 1_000_000
const params = Type.Object({ model: word('id of the model') }, closed)

/** Adds the routes of models. */
export function addModels(app: App, { engine }: AppParts, repeats: Repeats): void {
  app.get(
    '/models',
    {
      schema: {
        tags,
        summary: 'All models of the market, Detour’s own first',
        response: { 200: api.modelsAnswer, ...problems },
      },
    },
    () => ({ models: engine.learning.list() }),
  )
  app.get(
    '/models/:model',
    {
      schema: {
        tags,
        summary: 'A model with its versions and what was decided about them',
        params,
        response: { 200: api.modelDetail, ...problems },
      },
    },
    (request) => engine.learning.detail(request.params.model),
  )
  app.get(
    '/models/:model/versions',
    {
      schema: {
        tags,
        summary: 'The versions of a model, the newest first',
        params,
        response: { 200: Type.Array(api.modelVersion), ...problems },
      },
    },
    (request) => engine.learning.detail(request.params.model).versions,
  )
  addDefinitions(app, engine, repeats)
  addActions(app, engine)
}

function addDefinitions(app: App, engine: Engine, repeats: Repeats): void {
  const body = api.ownModelDraft
  const response = { 200: api.modelInfo, ...problems }
  app.post(
    '/models',
    {
      bodyLimit,
      schema: {
        tags,
        summary: 'Make an own model of a query, and train it',
        headers: idempotencyHeaders,
        body,
        response,
      },
    },
    (request) =>
      repeats.once(request, 'models', request.body, () =>
        engine.learning.define(request.body, { by: request.caller.name, isNew: true }),
      ),
  )
  app.post(
    '/models/check',
    {
      bodyLimit,
      schema: {
        tags,
        summary: 'Whether a query can be learned from, as far as its columns tell; nothing is kept',
        body,
        response: { 200: api.ownModelCheck, ...problems },
      },
      config: { access: 'ask' },
    },
    (request) => engine.learning.check(request.body),
  )
  app.put(
    '/models/:model',
    {
      bodyLimit,
      schema: { tags, summary: 'Change an own model, and train it anew', params, body, response },
    },
    (request) => {
      const definition = { ...request.body, model: request.params.model }
      return engine.learning.define(definition, { by: request.caller.name, isNew: false })
    },
  )
  app.delete(
    '/models/:model',
    {
      schema: {
        tags,
        summary: 'Delete an own model with its versions and scores',
        params,
        response: { 204: Type.Null(), ...problems },
      },
    },
    async (request, reply) => {
      await engine.learning.remove(request.params.model, request.caller.name)
      return reply.code(204).send(null)
    },
  )
}

function addActions(app: App, engine: Engine): void {
  const { learning } = engine
  const info = (model: string) => {
    const { versions: _, decisions: __, calibration: ___, ...rest } = learning.detail(model)
    return rest
  }
  const response = { 200: api.modelInfo, ...problems }
  const action = (name: string, summary: string, act: (model: string) => unknown) =>
    app.post(`/models/:model/${name}`, { schema: { tags, summary, params, response } }, (request) => {
      act(request.params.model)
      return info(request.params.model)
    })
  action('train', 'Train a model now; the version in use stays until a better one is there', (model) =>
    learning.train(model),
  )
  action('score', 'Score with the version in use now', (model) => learning.score(model))
  action('cancel', 'End the training of a model', (model) => learning.cancel(model))
  app.post(
    '/models/:model/promote',
    { schema: { tags, summary: 'Put a version in use', params, body: api.modelPromotion, response } },
    (request) => learning.promote(request.params.model, request.body.version, request.caller.name),
  )
  app.post(
    '/models/:model/rollback',
    { schema: { tags, summary: 'Put the version before back in use', params, response } },
    (request) => learning.rollBack(request.params.model, request.caller.name),
  )
}
