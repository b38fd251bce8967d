// How on hand follows from what several systems tell of a position, and which of them a unit is taken from. Pure.

import type { CalculatedMeasure } from './commands.ts'
import { movesAfter, sumOf, withMove } from './moves.ts'
import type { SourceFigures, Stock, StockMore } from './stock.ts'

/** Name of Detour itself among the sources: files, adjustments without a source, receipts. */
export const ownSource = 'detour'

/** The measure that Detour promises from, and what a source calls its units unless it says otherwise. */
export const onHandName = 'on_hand'

type Terms = CalculatedMeasure['terms']

/** What `more` is while a position has none of it. */
export const noMore: StockMore = { channels: {}, sources: [], hasOwnSafetyStock: false }

/** The position with some of `more` changed; null again where nothing is left of it. */
export function withMore(stock: Stock, change: Partial<StockMore>): Stock {
  const more = { ...(stock.more ?? noMore), ...change }
  const isEmpty =
    more.sources.length === 0 && !more.hasOwnSafetyStock && Object.keys(more.channels).length === 0
  return { ...stock, more: isEmpty ? null : more }
}

/** How on hand is made, null = the sum of every source's `on_hand`. */
function onHandTerms(measures: readonly CalculatedMeasure[]): Terms | null {
  return measures.find((measure) => measure.name === onHandName)?.terms ?? null
}

/** The value of a measure that a source tells, 0 where it does not. */
export function measureOf(figures: SourceFigures | undefined, measure: string): number {
  if (figures === undefined || !Object.hasOwn(figures.measures, measure)) return 0
  return figures.measures[measure] ?? 0
}

/** A calculated measure of some sources. */
export function calculated(sources: readonly SourceFigures[], terms: Terms): number {
  let sum = 0
  for (const { source, measure, factor } of terms) {
    sum +=
      factor *
      measureOf(
        sources.find((each) => each.source === source),
        measure,
      )
  }
  return sum
}

/** On hand as the sources tell; never below zero, as nothing can be taken from a shelf that is empty. */
function onHandOf(sources: readonly SourceFigures[], terms: Terms | null): number {
  return Math.max(0, sumOfSources(sources, terms))
}

function sumOfSources(sources: readonly SourceFigures[], terms: Terms | null): number {
  return terms === null
    ? sources.reduce((units, each) => units + measureOf(each, onHandName), 0)
    : calculated(sources, terms)
}

/** On hand as the books of the sources have it: below zero where they contradict each other by so many units. */
export function bookedOf(stock: Stock, measures: readonly CalculatedMeasure[]): number {
  const sources = stock.more?.sources ?? []
  return sources.length === 0 ? stock.onHand : sumOfSources(sources, onHandTerms(measures))
}

/** The sources of a position, of which Detour itself is one. */
export function sourcesOf(stock: Stock): readonly SourceFigures[] {
  const known = stock.more?.sources ?? []
  return known.length > 0 ? known : [own(stock)]
}

function own({ onHand, countedAt, moved }: Stock): SourceFigures {
  return { source: ownSource, measures: { [onHandName]: onHand }, countedAt, moved }
}

/** The position as its sources tell, by the definitions that hold now. */
export function recalculated(stock: Stock, measures: readonly CalculatedMeasure[]): Stock {
  const sources = stock.more?.sources ?? []
  return sources.length === 0 ? stock : { ...stock, onHand: onHandOf(sources, onHandTerms(measures)) }
}

/**
 * The position after units came (positive) or went. Where several sources tell of it, they are those of `source` or,
 * where that is not said, of the source that counted last among those that on hand is made of.
 */
export function withUnits(
  stock: Stock,
  delta: number,
  at: number,
  measures: readonly CalculatedMeasure[],
  source?: string,
): Stock {
  const known = stock.more?.sources ?? []
  if (known.length === 0) {
    return { ...stock, onHand: stock.onHand + delta, moved: withMove(stock.moved, at, delta) }
  }
  const terms = onHandTerms(measures)
  const name = source ?? leadingOf(known, terms)
  const measure = measureOfUnits(name, terms)
  const before = known.find((each) => each.source === name) ?? fresh(name)
  const after = {
    ...before,
    measures: { ...before.measures, [measure]: measureOf(before, measure) + delta },
    moved: withMove(before.moved, at, delta),
  }
  return recalculated(withSource(stock, known, after), measures)
}

/** The position after a source counted: what moved of its units since still holds. */
export function withCount(
  stock: Stock,
  isNew: boolean,
  count: { source: string; figures: Readonly<Record<string, number>>; countedAt: number },
  measures: readonly CalculatedMeasure[],
): Stock {
  const { source, figures, countedAt } = count
  const known = stock.more?.sources ?? []
  // What Detour told alone so far is from here on one of several.
  const all = known.length > 0 || isNew ? known : [own(stock)]
  const before = all.find((each) => each.source === source)
  const moved = movesAfter(before?.moved ?? null, countedAt)
  const measure = measureOfUnits(source, onHandTerms(measures))
  const units = sumOf(moved)
  const next = units === 0 ? figures : { ...figures, [measure]: (figures[measure] ?? 0) + units }
  const counted = withSource(stock, all, { source, measures: next, countedAt, moved })
  return recalculated({ ...counted, countedAt: Math.max(stock.countedAt, countedAt), moved: null }, measures)
}

function withSource(stock: Stock, known: readonly SourceFigures[], figures: SourceFigures): Stock {
  const others = known.filter((each) => each.source !== figures.source)
  const sources = [...others, figures].sort((a, b) => (a.source < b.source ? -1 : 1))
  return withMore(stock, { sources })
}

function fresh(source: string): SourceFigures {
  return { source, measures: {}, countedAt: 0, moved: null }
}

/** The source that counted last among those that on hand is made of, the first by name of equals. */
function leadingOf(known: readonly SourceFigures[], terms: Terms | null): string {
  let leading: SourceFigures | null = null
  for (const each of known) {
    const counts = terms === null || terms.some(({ source, factor }) => source === each.source && factor > 0)
    if (counts && (leading === null || each.countedAt > leading.countedAt)) leading = each
  }
  return leading?.source ?? ownSource
}

/** What a source calls the units that are put on its shelf or taken off. */
function measureOfUnits(source: string, terms: Terms | null): string {
  return terms?.find((term) => term.source === source && term.factor > 0)?.measure ?? onHandName
}
