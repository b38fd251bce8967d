// What a dialog asks before an action: fields, words, and what is done with the answers. It asks no server itself.

/** Units of a line that can be meant. */
export interface UnitLine {
  lineId: string
  title: string
  /** Units at most. */
  most: number
  /** Units that are meant unless changed. */
  units: number
}

interface Named {
  name: string
  label: string
  hint?: string
  isRequired?: boolean
  /** Stands beside another such field. */
  isHalf?: boolean
}

/** A field of a dialog. */
export type FormField =
  | (Named & { kind: 'text' | 'number' | 'time'; value?: string; placeholder?: string })
  | (Named & { kind: 'choice'; value: string; options: readonly { value: string; title: string }[] })
  | (Named & { kind: 'units'; lines: readonly UnitLine[]; atLeast?: number })
  | (Named & { kind: 'lines'; lines: readonly UnitLine[] })

/** What a person entered, by the name of the field; units by line only where they are not 0. */
export interface FormAnswers {
  text: Readonly<Record<string, string>>
  units: Readonly<Record<string, readonly { lineId: string; quantity: number }[]>>
}

/** An action that asks before it is done. */
export interface ActionForm {
  title: string
  text: string
  /** What stands against it, where it is asked for once more. */
  against?: string
  /** Words of the button that does it. */
  confirm: string
  /** What is said once it is done. */
  done: string
  isDangerous?: boolean
  fields: readonly FormField[]
  /** Fails where it is refused; undefined where it has told itself what became of it. */
  act(answers: FormAnswers): Promise<{ status: string } | undefined>
  /** What is asked once more after a refusal, null where that does not help. */
  onRefusal?(error: unknown, answers: FormAnswers): ActionForm | null
}

/** What the fields say before anything is entered. */
export function startOf(fields: readonly FormField[]): FormAnswers {
  const text: Record<string, string> = {}
  const units: Record<string, { lineId: string; quantity: number }[]> = {}
  for (const field of fields) {
    if (field.kind === 'units' || field.kind === 'lines') {
      const meant = field.lines.filter((line) => line.units > 0)
      units[field.name] = meant.map((line) => ({ lineId: line.lineId, quantity: line.units }))
    } else text[field.name] = field.value ?? ''
  }
  return { text, units }
}

/** What is still missing or wrong, in words; null where the action can be done. */
export function missingIn(fields: readonly FormField[], answers: FormAnswers): string | null {
  for (const field of fields) {
    const problem = problemOf(field, answers)
    if (problem !== null) return problem
  }
  return null
}

function problemOf(field: FormField, { text, units }: FormAnswers): string | null {
  if (field.kind === 'units' || field.kind === 'lines') {
    const given = units[field.name] ?? []
    const least = field.kind === 'units' ? (field.atLeast ?? 1) : 1
    const sum = given.reduce((all, { quantity }) => all + quantity, 0)
    if (given.some((one) => !fits(one, field.lines))) return 'A number of units is not possible.'
    return sum < least ? 'Choose at least one unit.' : null
  }
  const given = (text[field.name] ?? '').trim()
  if (given === '') return field.isRequired === true ? `“${field.label}” is missing.` : null
  if (field.kind === 'number' && !/^\d{1,12}(\.\d+)?$/.test(given)) return `“${field.label}” is no number.`
  return null
}

function fits({ lineId, quantity }: { lineId: string; quantity: number }, lines: readonly UnitLine[]) {
  const most = lines.find((line) => line.lineId === lineId)?.most ?? 0
  return Number.isInteger(quantity) && quantity >= 0 && quantity <= most
}
