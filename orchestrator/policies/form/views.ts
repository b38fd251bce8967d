// A condition as both of its views: text and form. It keeps nothing.

import type { api } from '#data/contracts'
import { isCondition } from '#orchestrator/conditions'
import { conditionIn, factsIn } from '../conditions.ts'
import { formOfTree } from './to-form.ts'
import { textOfForm } from './to-text.ts'

/** A text with its form, or with why it has none. */
export function viewsOfText(scope: api.PolicyScope, text: string): api.FormAnswer {
  const made = conditionIn(scope, text)
  if (!isCondition(made)) return { text, form: null, onlyText: null, fault: made }
  const read = formOfTree(made.tree, factsIn(scope))
  return 'form' in read
    ? { text, form: read.form, onlyText: null, fault: null }
    : { text, form: null, onlyText: read.onlyText, fault: null }
}

/** A form with its text, or with what is wrong with it. */
export function viewsOfForm(scope: api.PolicyScope, form: api.FormGroup): api.FormAnswer {
  const written = textOfForm(form, factsIn(scope))
  if ('problem' in written) {
    return { text: '', form, onlyText: null, fault: { position: null, reason: written.problem } }
  }
  return viewsOfText(scope, written.text)
}
