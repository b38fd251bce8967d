// Fields that the dialogs of orders share, and what their answers say. It asks no server.

import type { api } from '#data/contracts'
import type { ActionForm, FormAnswers, FormField, UnitLine } from './form.ts'

type Order = api.OrderDetail

/** Makes the dialog of an action. */
export type Make = (order: Order, timeZone: string) => ActionForm

/** The field for a reason that has to be given. @param placeholder an example */
export const whyOf = (placeholder: string): FormField => ({
  kind: 'text',
  name: 'reason',
  label: 'Why',
  isRequired: true,
  placeholder,
})
/** The field for a reason that may be given. @param placeholder an example */
export const maybeWhy = (placeholder: string): FormField => ({
  ...whyOf(placeholder),
  label: 'Why, if it should be remembered',
  isRequired: false,
})

/** States of units that nobody has begun to work on. */
const untouched = new Set<string>([
  'created',
  'validated',
  'on_hold',
  'backordered',
  'preordered',
  'sourced',
  'released',
])
/** Units of a line at most, where nothing else limits them. */
export const unitsMost = 1_000_000

/** Lines with the units of them that nobody has begun. @param isMeant whether they are meant unless changed */
export function openLines(order: Order, isMeant: boolean): UnitLine[] {
  return order.lines.flatMap((line) => {
    const most = line.parts.reduce((sum, part) => sum + (untouched.has(part.state) ? part.quantity : 0), 0)
    return most === 0 ? [] : [unitLine(line, most, isMeant)]
  })
}

/** A line of which some units can be meant. */
export function unitLine(line: Order['lines'][number], most: number, isMeant: boolean): UnitLine {
  return { lineId: line.lineId, title: line.name ?? line.sku, most, units: isMeant ? most : 0 }
}

/** The field for units by line. */
export const unitsField = (lines: readonly UnitLine[], label = 'Units'): FormField => ({
  kind: 'units',
  name: 'lines',
  label,
  lines,
})
/** Whole lines to choose from; nothing to choose where there is one. */
export const linesFields = (lines: readonly UnitLine[]): FormField[] =>
  lines.length > 1 ? [{ kind: 'lines', name: 'lines', label: 'Lines', lines }] : []

/** The reason that was given. */
export const reasonOf = ({ text }: FormAnswers) => (text.reason ?? '').trim()
/** The text of a field. */
export const textOf = ({ text }: FormAnswers, name: string) => (text[name] ?? '').trim()
/** The units that were chosen. */
export const linesOf = ({ units }: FormAnswers) => units.lines ?? []

/** The chosen lines as a command wants them: nothing where the whole order is meant. */
export function lineIdsPart(answers: FormAnswers, all: readonly UnitLine[]): { lineIds?: string[] } {
  const lineIds = linesOf(answers).map(({ lineId }) => lineId)
  return all.length <= 1 || lineIds.length === all.length ? {} : { lineIds }
}

/** The reason as a command wants it: nothing where none was given. */
export function reasonPart(answers: FormAnswers): { reason?: string } {
  const reason = reasonOf(answers)
  return reason === '' ? {} : { reason }
}
