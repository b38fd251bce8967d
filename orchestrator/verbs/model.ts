// `detour model`: the models of the market from the command line: listed, made, trained, put in use, taken back.

import { Type } from 'typebox'
import { api } from '#data/contracts'
import type { Engine } from '#orchestrator/engine'
import { showTable } from './table.ts'
import { defineVerb, type VerbContext } from './verb.ts'
import { withEngine } from './with-engine.ts'

const closed = { additionalProperties: false }
const by = 'command line'
const model = Type.String({ minLength: 1, maxLength: 100 })
const base = { isExclusive: false, needsEngine: true }

/** Shows all models. */
export const modelListVerb = defineVerb({
  ...base,
  name: 'model-list',
  schema: Type.Object({}, closed),
  run: (_, context) => withEngine(context, async ({ learning }) => ({ models: learning.list() })),
  show: ({ models }) =>
    showTable(
      ['model', 'title', 'state', 'version', 'trained', 'rows', 'note'],
      models.map(({ model: id, title, state, current, note, training }) => [
        id,
        title,
        training === null ? state : `training ${Math.round(training.share * 100)} %`,
        current?.version ?? 'none',
        current?.trainedAt.slice(0, 16).replace('T', ' ') ?? '',
        current?.rows.trained ?? 0,
        note,
      ]),
    ),
})

/** Shows a model with its versions. */
export const modelShowVerb = defineVerb({
  ...base,
  name: 'model-show',
  schema: Type.Object({ model }, closed),
  run: (args, context) => withEngine(context, async ({ learning }) => learning.detail(args.model)),
  show: showDetail,
})

/** Makes an own model and trains it; says how that ended. */
export const modelCreateVerb = defineVerb({
  ...base,
  name: 'model-create',
  schema: Type.Object({ definition: api.ownModelDraft, replace: Type.Optional(Type.Boolean()) }, closed),
  run: ({ definition, replace = false }, context) =>
    withEngine(context, async (engine) => {
      const isKnown = engine.learning.list().some(({ model: id }) => id === definition.model)
      await engine.learning.define(definition, { by, isNew: !(replace && isKnown) })
      return watch(engine, definition.model, context)
    }),
  show: showDetail,
  hasFailed: ({ state }) => state === 'failed',
})

/** Trains a model; says how that ended. */
export const modelTrainVerb = defineVerb({
  ...base,
  name: 'model-train',
  schema: Type.Object({ model }, closed),
  run: (args, context) => withEngine(context, (engine) => watch(engine, args.model, context)),
  show: showDetail,
  hasFailed: ({ state }) => state === 'failed',
})

/** Ends a training. */
export const modelCancelVerb = defineVerb({
  ...base,
  name: 'model-cancel',
  schema: Type.Object({ model }, closed),
  run: (args, context) =>
    withEngine(context, async ({ learning }) => {
      await learning.cancel(args.model).ended
      return learning.detail(args.model)
    }),
  show: showDetail,
})

/** Puts a version in use. */
export const modelPromoteVerb = defineVerb({
  ...base,
  name: 'model-promote',
  schema: Type.Object({ model, version: Type.String({ minLength: 1, maxLength: 100 }) }, closed),
  run: (args, context) =>
    withEngine(context, async (engine) => {
      await engine.learning.promote(args.model, args.version, by)
      return settled(engine, args.model)
    }),
  show: showDetail,
})

/** Puts the version before back in use. */
export const modelRollbackVerb = defineVerb({
  ...base,
  name: 'model-rollback',
  schema: Type.Object({ model }, closed),
  run: (args, context) =>
    withEngine(context, async (engine) => {
      await engine.learning.rollBack(args.model, by)
      return settled(engine, args.model)
    }),
  show: showDetail,
})

/** Deletes an own model. */
export const modelDeleteVerb = defineVerb({
  ...base,
  name: 'model-delete',
  schema: Type.Object({ model }, closed),
  run: (args, context) =>
    withEngine(context, async ({ learning }) => {
      await learning.remove(args.model, by)
      return { deleted: args.model }
    }),
  show: ({ deleted }) => `Model ${deleted} is gone, with its versions and scores.`,
})

/** Trains and tells how far it is until it has ended. */
async function watch(
  { learning, workspace }: Engine,
  id: string,
  { onProgress }: VerbContext,
): Promise<api.ModelDetail> {
  const job = learning.train(id)
  const { clock } = workspace.effects
  let stop = () => {}
  const tell = () => {
    onProgress({ step: job.step, done: Math.round(job.share * 100), total: 100 })
    stop = clock.after(500, tell)
  }
  tell()
  await job.ended
  stop()
  return learning.detail(id)
}

/** After scores were made anew, where that had to be. */
async function settled({ learning }: Engine, id: string): Promise<api.ModelDetail> {
  const { isOwn, training } = learning.detail(id)
  if (isOwn && training !== null) await learning.train(id).ended
  return learning.detail(id)
}

function showDetail({ title, does, state, note, current, versions, scores }: api.ModelDetail): string {
  const lines = [`${title}: ${does}`, `It is ${state === 'none' ? 'not trained yet' : state}.`]
  if (note !== '') lines.push(note)
  if (current !== null) {
    lines.push(`In use: ${current.version}; ${current.verdict.reason}.`)
    const figures = Object.entries(current.metrics).map(([name, value]) => `${name} ${value}`)
    if (figures.length > 0) lines.push(`On held-back rows: ${figures.join(', ')}.`)
  }
  if (scores !== null) lines.push(`${scores.rows} scores in the table model_scores, made ${scores.scoredAt}.`)
  const rows = versions.map(({ version, status, rows: counts, verdict }) => [
    version,
    status,
    counts.trained,
    verdict.code,
    verdict.reason,
  ])
  if (rows.length > 0) lines.push(showTable(['version', 'status', 'rows', 'verdict', ''], rows))
  return lines.join('\n')
}
