// What the rows of conditions say of each other in a flow: conditions that hold always or never, branches that no line
// comes to, and policies of its tiles that contradict. Where a text is more than rows, nothing is said.

import type { api } from '#data/contracts'
import { type CoreState, policiesInForce } from '#orchestrator/core'
import { alwaysHolds, canHold, follows, formOfTree, pairsBeside } from '#orchestrator/policies'
import { type Conditions, expressionsIn, matchPlace, placeOf } from './expressions.ts'
import { factsOfScope } from './facts.ts'
import type { Findings } from './finding.ts'

/** Tells what can be known of conditions and policies without any order. */
export function checkReasoning(
  document: api.FlowDocument,
  conditions: Conditions,
  { policyBook }: Pick<CoreState, 'policyBook'>,
  findings: Findings,
): void {
  const forms = new Map<string, api.FormGroup>()
  for (const { place, tileId, scope } of expressionsIn(document)) {
    const condition = conditions.get(place)
    // What a flow takes is tried on orders, see overlaps.
    if (place === matchPlace || condition === undefined || condition.subjects.size === 0) continue
    const facts = factsOfScope(scope)
    const read = formOfTree(condition.tree, facts)
    if (!('form' in read)) continue
    forms.set(place, read.form)
    if (canHold(read.form, facts) === false)
      findings.warning('never_holds', tileId, 'Its condition can never hold.')
    else if (alwaysHolds(read.form, facts) === true)
      findings.warning('always_holds', tileId, 'Its condition always holds.')
  }
  for (const tile of document.tiles)
    if (tile.type === 'splitter' && tile.by === 'lines') checkBranches(tile, forms, findings)
  checkPolicies(document, policyBook, findings)
}

/** A branch gets no lines where one before it takes all of them. */
function checkBranches(
  { id, branches }: api.FlowTileOf<'splitter'>,
  forms: ReadonlyMap<string, api.FormGroup>,
  findings: Findings,
): void {
  const facts = factsOfScope('line')
  for (const i of branches.keys()) {
    const own = forms.get(placeOf(id, i))
    const first = [...branches.keys()].slice(0, i).find((j) => {
      const before = forms.get(placeOf(id, j))
      const isSame = branches[j]?.when.trim() === branches[i]?.when.trim()
      return own !== undefined && before !== undefined && !isSame && follows(own, before, facts) === true
    })
    if (first === undefined) continue
    const text = `Branch ${i + 1} gets no lines: branch ${first + 1} holds wherever it does and takes them first.`
    findings.error('branch_shadowed', id, text)
  }
}

/** Policies that tiles of the flow carry out, whatever steps they are asked before elsewhere. */
function checkPolicies(
  { tiles }: api.FlowDocument,
  policyBook: CoreState['policyBook'],
  findings: Findings,
): void {
  const named = new Map<string, string>()
  for (const tile of tiles)
    if ('policies' in tile) for (const policyId of tile.policies ?? []) named.set(policyId, tile.id)
  const all = policiesInForce(policyBook).filter(({ policyId }) => named.has(policyId))
  for (const { code, policyId, otherId, text } of pairsBeside(all))
    findings.warning(`policies_${code}`, named.get(otherId ?? policyId) ?? null, text)
}
