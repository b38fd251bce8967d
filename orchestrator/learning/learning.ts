// The models of a market from outside: listed, made, trained, canceled, put in use, taken back, deleted. What happens
// in a training stands in own-work.ts and with the built-in models.

import type { api } from '#data/contracts'
import { fail } from '#data/kernel'
import { DriftWatches, type ModelDrift } from '#models'
import { faultsOf } from './check.ts'
import { decisionOf, infoOf, versionOf } from './infos.ts'
import { type Job, Jobs, type Work } from './jobs.ts'
import { dropScores, type OwnGround, runOwn } from './own-work.ts'
import { isSchedule, Schedules } from './schedules.ts'

/** A model that Detour itself has. */
export interface BuiltIn extends Pick<api.ModelInfo, 'model' | 'title' | 'does'> {
  /** Teaches it and offers it to the registry. */
  train: Work
  /** How far what it is asked about has moved; empty where nobody watches. */
  drifts(): readonly ModelDrift[]
}

/** What the models of a market live on. */
export interface LearningParts extends OwnGround {
  builtIns: readonly BuiltIn[]
  /** Told of a model that changed, or whose training went on. */
  changed(model: string): void
  /** Brings the tables up to date with the log. */
  project(): Promise<unknown>
  /** Time of the market, epoch ms. */
  now(): number
  /** Whether own models are trained by their schedules. */
  isScheduled: boolean
}

const ownMost = 200

/** The models of a market. */
export class Learning {
  readonly #parts: LearningParts
  readonly #jobs: Jobs
  readonly #schedules: Schedules
  /** Own models are asked on schedule, which is rare enough. */
  readonly #watches = new DriftWatches(null, 0)

  constructor(parts: LearningParts) {
    const { effects } = parts.workspace
    this.#parts = parts
    this.#jobs = new Jobs(effects.clock, parts.changed)
    this.#schedules = new Schedules(effects.logger, {
      learn: (model) => void this.train(model),
      score: (model) => void this.score(model),
    })
    if (!parts.isScheduled) return
    for (const definition of parts.book.facts.definitions.values()) this.#schedules.follow(definition)
  }

  /** Whether a training waits or is under way. */
  get isBusy(): boolean {
    return this.#jobs.isBusy
  }

  /** All models, Detour's own first. */
  list(): api.ModelInfo[] {
    const own = [...this.#parts.book.facts.definitions.keys()].sort()
    return [...this.#parts.builtIns.map(({ model }) => model), ...own].map((model) => this.#info(model))
  }

  /** A model with its versions and decisions. @throws MODELS_UNKNOWN */
  detail(model: string): api.ModelDetail {
    const { registry, market, book } = this.#parts
    const info = this.#info(model)
    const decisions = book.facts.decisions.filter((decision) => decision.model === model)
    const versions = registry.versions({ market, model })
    return {
      ...info,
      versions: versions.map(versionOf),
      decisions: decisions.toReversed().map(decisionOf),
      calibration: [...(registry.current({ market, model })?.calibration ?? [])],
    }
  }

  /** What a query would give; nothing is kept. @throws SQL_* */
  async check(draft: api.OwnModelDraft): Promise<api.OwnModelCheck> {
    const { faults, columns, rows } = await faultsOf(draft, this.#parts.workspace)
    return { columns, rows, faults: [...this.#faults(draft), ...faults] }
  }

  /**
   * Makes an own model, or changes one, and trains it.
   * @param isNew whether there must be none of this id, or must be one
   * @throws MODELS_EXISTS, MODELS_UNKNOWN, MODELS_DEFINITION_INVALID, SQL_*, LOG_UNAVAILABLE
   */
  async define(
    definition: api.OwnModelDraft,
    { by, isNew }: { by: string; isNew: boolean },
  ): Promise<api.ModelInfo> {
    const { model } = definition
    const { book, workspace, changed } = this.#parts
    const isKnown = book.facts.definitions.has(model)
    if (isNew && isKnown) throw fail('MODELS_EXISTS', { model })
    if (!isNew && !isKnown) throw fail('MODELS_UNKNOWN', { model })
    const { faults } = await this.check(definition)
    if (isNew && book.facts.definitions.size >= ownMost)
      faults.push(`there are ${ownMost} own models already`)
    if (faults.length > 0) throw fail('MODELS_DEFINITION_INVALID', { reason: faults.join('; ') })
    await book.defined({ definition, by, at: workspace.effects.clock.now() })
    if (this.#parts.isScheduled) this.#schedules.follow(definition)
    changed(model)
    this.train(model)
    return this.#info(model)
  }

  /** Starts a training; where one is under way, that one. @throws MODELS_UNKNOWN */
  train(model: string): Job {
    const builtIn = this.#builtIn(model)
    return this.#jobs.start(model, builtIn?.train ?? this.#own(model, true))
  }

  /** Starts a scoring with the version in use. @throws MODELS_UNKNOWN */
  score(model: string): Job {
    if (this.#builtIn(model) !== undefined) throw fail('MODELS_UNKNOWN', { model })
    return this.#jobs.start(model, this.#own(model, false))
  }

  /** Ends a training; what was in use stays. @throws MODELS_UNKNOWN, MODELS_NOT_TRAINING */
  cancel(model: string): Job {
    this.#info(model)
    return this.#jobs.cancel(model)
  }

  /** Puts a version in use. @throws MODELS_UNKNOWN, MODELS_VERSION_UNKNOWN, MODELS_FILE_DAMAGED, MODELS_FILE_FOREIGN */
  async promote(model: string, version: string, by: string): Promise<api.ModelInfo> {
    const { registry, market } = this.#parts
    this.#info(model)
    await registry.promote({ market, model }, version, by)
    return this.#used(model)
  }

  /** Puts the version before back in use. @throws MODELS_UNKNOWN, MODELS_NOTHING_BEFORE */
  async rollBack(model: string, by: string): Promise<api.ModelInfo> {
    const { registry, market } = this.#parts
    this.#info(model)
    await registry.rollBack({ market, model }, by)
    return this.#used(model)
  }

  /** Deletes an own model with its versions and scores. @throws MODELS_UNKNOWN; a built-in one is not known here */
  async remove(model: string, by: string): Promise<void> {
    const { registry, market, book, workspace, changed, project } = this.#parts
    if (!book.facts.definitions.has(model)) throw fail('MODELS_UNKNOWN', { model })
    const job = this.#jobs.of(model)
    if (job !== null) await this.#jobs.cancel(model).ended
    this.#schedules.drop(model)
    await book.deleted({ model, by, at: workspace.effects.clock.now() })
    await registry.forget({ market, model })
    await dropScores(this.#parts, model)
    this.#jobs.forget(model)
    await project()
    changed(model)
  }

  /** Stops what is under way; resolves once that has ended. */
  async close(): Promise<void> {
    this.#schedules.close()
    await this.#jobs.close()
  }

  /** Scores of an own model are made anew after another version came into use. */
  #used(model: string): api.ModelInfo {
    if (this.#parts.book.facts.definitions.has(model)) this.score(model)
    this.#parts.changed(model)
    return this.#info(model)
  }

  #builtIn(model: string): BuiltIn | undefined {
    return this.#parts.builtIns.find((each) => each.model === model)
  }

  #own(model: string, learns: boolean): Work {
    const known = this.#parts.book.facts.definitions.get(model)
    if (known === undefined) throw fail('MODELS_UNKNOWN', { model })
    return async (signal, onProgress) => {
      const definition = this.#parts.book.facts.definitions.get(model) ?? known
      const { card, notes, scored } = await runOwn(this.#parts, definition, { learns, signal, onProgress })
      if (scored !== null && scored.counts !== null) {
        this.#watches.over(model, scored.card)?.add(scored.counts, scored.pValues, this.#parts.now())
      }
      await this.#parts.project()
      const verdict =
        card === null || card.verdict.isPromoted
          ? []
          : [`the new version is not in use: ${card.verdict.reason}`]
      return [...verdict, ...notes].join('; ')
    }
  }

  #faults({ model, schedule, scoreSchedule }: api.OwnModelDraft): string[] {
    const wrong = [schedule, scoreSchedule].filter((each) => each !== null && !isSchedule(each))
    const faults = wrong.map((each) => `"${each}" is no schedule; write cron of five fields, as "0 3 * * 1"`)
    if (this.#builtIn(model) !== undefined) faults.push(`"${model}" is the name of a model of Detour`)
    return faults
  }

  /** @throws MODELS_UNKNOWN */
  #info(model: string): api.ModelInfo {
    const { registry, market, book } = this.#parts
    const builtIn = this.#builtIn(model)
    const definition = book.facts.definitions.get(model) ?? null
    if (builtIn === undefined && definition === null) throw fail('MODELS_UNKNOWN', { model })
    const current = registry.current({ market, model })
    const drifts = builtIn?.drifts() ?? this.#watches.drifts(model, current?.version)
    return infoOf({
      model,
      title: builtIn?.title ?? definition?.name ?? model,
      does: builtIn?.does ?? doesOf(definition),
      definition,
      drifts: [...drifts],
      current,
      job: this.#jobs.of(model),
      last: this.#jobs.lastOf(model),
      nextAt: this.#schedules.nextOf(model),
      scored: book.facts.scored.get(model) ?? null,
    })
  }
}

function doesOf(definition: api.OwnModelDraft | null): string {
  if (definition === null) return ''
  const { target, keyColumn } = definition
  return target === null
    ? `Tells which ${keyColumn} are odd, and why.`
    : `Foretells ${target} for each ${keyColumn}, and says what speaks for it.`
}
