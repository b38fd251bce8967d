// Route of the root causes of leaf rows that are sent along. It keeps nothing; the search is done in a thread, one
// question at a time.

import { api } from '#data/contracts'
import { type Effects, fail } from '#data/kernel'
import { type Explainer, openExplainer } from '#models'
import { amongUnknown, kindOf, type LeafRows, leavesOf, repeatedNotes } from '#orchestrator/analysis'
import type { App } from '../parts.ts'
import { problems } from '../problem.ts'

/** Bytes of a body: 100,000 rows of six dimensions fit. */
const bodyLimit = 20_000_000
/** Cells of all lists together. */
const cellsAtMost = 1_000_000

/** Adds the route; its thread starts with the first question. */
export function addExplaining(app: App, effects: Effects): void {
  let explainer: Explainer | null = null
  let isBusy = false
  app.addHook('onClose', async () => explainer?.close())
  app.post(
    '/analysis/explain',
    {
      bodyLimit,
      schema: {
        tags: ['analysis'],
        summary:
          'Root causes of a deviation: the slices of leaf rows that explain it, with shares; nothing is kept',
        body: api.explainRequest,
        response: { 200: api.explainAnswer, ...problems },
      },
      config: { access: 'ask' },
    },
    async ({ body }): Promise<api.ExplainAnswer> => {
      if (isBusy) throw fail('HTTP_BUSY', { reason: 'another deviation is being explained' })
      const rows = rowsOf(body)
      const leaves = leavesOf(rows)
      if (leaves === null) {
        const reason = 'no row has numbers in all of the lists that are compared'
        throw fail('HTTP_BODY_INVALID', { reason })
      }
      isBusy = true
      try {
        explainer ??= openExplainer(effects)
        const explanation = await explainer.explain(leaves.deviation)
        const among = rows.kind === 'ratio' && rows.weight === null ? [amongUnknown] : []
        return { ...explanation, notes: [...among, ...leaves.notes, ...repeatedNotes(explanation)] }
      } finally {
        isBusy = false
      }
    },
  )
}

/** @throws HTTP_BODY_INVALID */
function rowsOf({ dimensions, actual, expected, weight, measure }: api.ExplainRequest): LeafRows {
  const names = dimensions.map(({ name }) => name)
  const lists = [
    expected,
    ...dimensions.map(({ values }) => values),
    ...(weight === undefined ? [] : [weight]),
  ]
  if (lists.some(({ length }) => length !== actual.length)) {
    throw fail('HTTP_BODY_INVALID', {
      reason: `every list must have ${actual.length} entries, as actual has`,
    })
  }
  if (new Set(names).size < names.length) {
    throw fail('HTTP_BODY_INVALID', { reason: 'two dimensions have the same name' })
  }
  if (actual.length * (lists.length + 1) > cellsAtMost) {
    throw fail('HTTP_BODY_INVALID', { reason: `there may be ${cellsAtMost} entries in all` })
  }
  const numbers = (list: readonly (number | null)[]) =>
    Float64Array.from(list, (value) => value ?? Number.NaN)
  const [was, hoped] = [numbers(actual), numbers(expected)]
  const kind = measure ?? (weight === undefined ? kindOf(was, hoped) : 'ratio')
  return {
    dimensions: names,
    values: dimensions.map(({ values }) => values),
    actual: was,
    expected: hoped,
    kind,
    weight: kind === 'ratio' && weight !== undefined ? numbers(weight) : null,
  }
}
