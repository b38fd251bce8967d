// The versions of every model: kept as files, put in use when they are better, taken back, and passed over when their
// files are damaged, so that the last good one stays in use. It trains and scores nothing.

import { type Effects, fail, reasonOf } from '#data/kernel'
import type { Bundle } from '../runtime/index.ts'
import type { Card, Decision, ModelRef, VersionState } from './card.ts'
import { drop, dropAll, findAll, put, readUses, type Shelved, take, writeUses } from './shelf.ts'
import { verdictOn } from './verdict.ts'

/** What a market's log knows of its models. */
export interface Journal {
  /** What was decided before, oldest first. */
  decisions: readonly Decision[]
  /** Keeps a decision; it counts once this has resolved. */
  record(decision: Decision): Promise<void>
}

/** A new version, before it was judged. */
export interface Offer {
  card: Omit<Card, 'verdict' | 'version' | 'kind' | 'format'>
  /** Whatever else the program needs, JSON. */
  own: unknown
  bundle: Pick<Bundle, 'kind' | 'format' | 'nets' | 'numbers'>
}

/** A version that can be used. */
export interface Ready {
  card: Card
  own: unknown
  bundle: Shelved
}

interface Entry {
  versions: Map<string, VersionState>
  /** In use now and before, the newest last. */
  uses: string[]
}

/** Versions kept of a model beside those that were in use last. */
const keptMost = 6
const usesKept = 3
const usesMost = 50

/** The registry of a folder. */
export class Registry {
  /** Where the files lie. */
  readonly folder: string
  readonly #effects: Effects
  readonly #entries = new Map<string, Entry>()
  readonly #journals = new Map<string, Journal>()

  private constructor(effects: Effects, root: string) {
    this.#effects = effects
    this.folder = root
  }

  /** The registry with everything that lies in the folder. */
  static async open(effects: Effects, root: string): Promise<Registry> {
    const registry = new Registry(effects, root)
    for (const { card, version, ...ref } of await findAll(root)) {
      const entry = registry.#entry(ref)
      if (card !== null) entry.versions.set(version, { card, status: 'kept', note: null })
      else effects.logger.warn({ ...ref, version }, 'a version of a model cannot be read and is left out')
      if (entry.uses.length === 0) entry.uses = await readUses(root, ref)
    }
    return registry
  }

  /** Follows the log of a market: what was decided there counts, and what is decided now goes there. */
  attach(market: string, journal: Journal): void {
    this.#journals.set(market, journal)
    const uses = new Map<string, string[]>()
    for (const decision of journal.decisions) {
      uses.set(decision.model, usesAfter(uses.get(decision.model) ?? [], decision))
    }
    for (const [model, list] of uses) this.#entry({ market, model }).uses = list
  }

  /** Keeps nothing in the log of the market any more. */
  detach(market: string): void {
    this.#journals.delete(market)
  }

  /** Models of a market that have a version. */
  models(market: string): string[] {
    const mine = [...this.#entries].filter(
      ([key, { versions }]) => refOf(key).market === market && versions.size > 0,
    )
    return mine.map(([key]) => refOf(key).model).sort()
  }

  /** Markets that have a model. */
  markets(): string[] {
    return [...new Set([...this.#entries.keys()].map((key) => refOf(key).market))].sort()
  }

  /** The card of the version in use; null where there is none. */
  current(ref: ModelRef): Card | null {
    const { uses, versions } = this.#entry(ref)
    for (const version of uses.toReversed()) {
      const state = versions.get(version)
      if (state !== undefined && state.status !== 'damaged') return state.card
    }
    return null
  }

  /** All versions, the newest first. */
  versions(ref: ModelRef): VersionState[] {
    const inUse = this.current(ref)?.version
    return [...this.#entry(ref).versions.values()]
      .map((state) => (state.card.version === inUse ? { ...state, status: 'in_use' as const } : state))
      .sort((a, b) => (a.card.version < b.card.version ? 1 : -1))
  }

  /**
   * The version in use, every byte of it checked; where it is damaged or of another format, the one before. Null where
   * none can be used.
   */
  async load(ref: ModelRef, wanted: { kind: string; format: number }): Promise<Ready | null> {
    for (let card = this.current(ref); card !== null; card = this.current(ref)) {
      try {
        const bundle = await take(this.folder, ref, card.version, wanted)
        return { card: bundle.meta.card, own: bundle.meta.own, bundle }
      } catch (error) {
        const state = this.#entry(ref).versions.get(card.version) as VersionState
        this.#entry(ref).versions.set(card.version, { ...state, status: 'damaged', note: reasonOf(error) })
        this.#effects.logger.warn(
          { ...ref, version: card.version, reason: reasonOf(error) },
          'a model is left out',
        )
      }
    }
    return null
  }

  /**
   * Keeps a new version and puts it in use where it is better than the one in use.
   * @returns its card with the verdict
   * @throws Error where the disk refuses, and what the log throws; the version before stays in use
   */
  async offer({ card, own, bundle }: Offer): Promise<Card> {
    const current = this.current(card)
    // One that the program does not read any more is in nobody's use.
    const isReadable = current?.kind === bundle.kind && current.format === bundle.format
    const verdict = verdictOn(card, isReadable ? current : null)
    const version = this.#newVersion(card, card.trainedAt)
    const whole: Card = { ...card, version, kind: bundle.kind, format: bundle.format, verdict }
    await put(this.folder, { ...bundle, meta: { card: whole, own } })
    this.#entry(card).versions.set(version, { card: whole, status: 'kept', note: null })
    if (verdict.isPromoted)
      await this.#decide(card, { action: 'promoted', version, ...verdict, by: 'detour' })
    await this.#prune(card)
    return whole
  }

  /** Puts a version in use by hand. @throws MODELS_VERSION_UNKNOWN, MODELS_FILE_DAMAGED, MODELS_FILE_FOREIGN */
  async promote(ref: ModelRef, version: string, by: string): Promise<Card> {
    const state = this.#entry(ref).versions.get(version)
    if (state === undefined) throw fail('MODELS_VERSION_UNKNOWN', { ...ref, version })
    const { kind, format } = state.card
    await take(this.folder, ref, version, { kind, format })
    this.#entry(ref).versions.set(version, { ...state, status: 'kept', note: null })
    if (this.current(ref)?.version === version) return state.card
    const reason = `${by} put it in use`
    await this.#decide(ref, { action: 'promoted', version, code: 'by_hand', reason, by })
    return state.card
  }

  /**
   * Takes the version in use out and the one before it back in.
   * @throws MODELS_NOTHING_BEFORE where there is none that can be used
   */
  async rollBack(ref: ModelRef, by: string): Promise<Card> {
    const { uses, versions } = this.#entry(ref)
    const inUse = this.current(ref)?.version ?? null
    const place = inUse === null ? uses.length : uses.lastIndexOf(inUse)
    const before = uses.slice(0, place).findLast((each) => each !== inUse && isUsable(versions.get(each)))
    if (before === undefined) throw fail('MODELS_NOTHING_BEFORE', { ...ref })
    const reason = `${by} took ${inUse ?? 'what was in use'} back`
    await this.#decide(ref, { action: 'rolled_back', version: before, code: 'by_hand', reason, by })
    return (versions.get(before) as VersionState).card
  }

  /** Takes a model away with all its files. */
  async forget(ref: ModelRef): Promise<void> {
    this.#entries.delete(keyOf(ref))
    await dropAll(this.folder, ref)
  }

  async #decide(ref: ModelRef, choice: Omit<Decision, 'model' | 'before' | 'at'>): Promise<void> {
    const { version, action, code, reason, by } = choice
    const entry = this.#entry(ref)
    const before = this.current(ref)?.version ?? null
    const decision = {
      model: ref.model,
      action,
      version,
      before,
      code,
      reason,
      by,
      at: this.#effects.clock.now(),
    }
    await this.#journals.get(ref.market)?.record(decision)
    entry.uses = usesAfter(entry.uses, decision)
    await writeUses(this.folder, ref, entry.uses)
  }

  async #prune(ref: ModelRef): Promise<void> {
    const entry = this.#entry(ref)
    const used = new Set(entry.uses.slice(-usesKept))
    const rest = this.versions(ref).filter(
      ({ status, card }) => status !== 'in_use' && !used.has(card.version),
    )
    for (const { card } of rest.slice(keptMost)) {
      entry.versions.delete(card.version)
      await drop(this.folder, ref, card.version)
    }
  }

  #newVersion(ref: ModelRef, trainedAt: string): string {
    const base = trainedAt.replace(/[-:]|\.\d+Z?$|Z$/g, '')
    const { versions } = this.#entry(ref)
    for (let n = 1; ; n++) {
      const name = `${base}-${String(n).padStart(2, '0')}`
      if (!versions.has(name)) return name
    }
  }

  #entry(ref: ModelRef): Entry {
    const key = keyOf(ref)
    const known = this.#entries.get(key) ?? { versions: new Map<string, VersionState>(), uses: [] }
    this.#entries.set(key, known)
    return known
  }
}

/** The versions in use, now and before, after a decision. */
export function usesAfter(uses: readonly string[], { action, version }: Decision): string[] {
  const kept = action === 'rolled_back' ? uses.slice(0, uses.lastIndexOf(version)) : uses
  return [...kept, version].slice(-usesMost)
}

const isUsable = (state: VersionState | undefined) => state !== undefined && state.status !== 'damaged'
const keyOf = ({ market, model }: ModelRef) => `${market}\u001f${model}`

function refOf(key: string): ModelRef {
  const [market = '', model = ''] = key.split('\u001f')
  return { market, model }
}
