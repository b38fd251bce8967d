// All amounts that a piece of work of an order can have, numbered, and how an amount falls into two. Orders with the
// same quantities share one. It knows no cost and no place.

/** Amounts of the lines of an order: number 0 is nothing, the last one everything. */
export interface Box {
  lines: number
  size: number
  /** Units of each line, of each amount. */
  vectors: readonly (readonly number[])[]
  /** Of each amount: lines with units, units in all. */
  lineCount: Int32Array
  unitCount: Int32Array
  /** Of each amount: its first line with units, the amount without one step of it, and the units of that step. */
  firstLine: Int32Array
  before: Int32Array
  step: Int32Array
  /** Parts of amount s, `parts[partStart[s]..partStart[s + 1]]`, hold of its first line; s - part is the rest. */
  partStart: Int32Array
  parts: Int32Array
}

/** Amounts and parts that a box may have at most. */
const sizeMost = 256
const partsMost = 20_000

/** Boxes by quantities. */
export class Boxes {
  readonly #known = new Map<string, Box | null>()

  /**
   * The box of an order.
   * @param quantities of each line
   * @param isTogether the units of a line stay together
   * @param isWhole all units of a line or none
   * @returns null where there are too many amounts
   */
  of(quantities: readonly number[], isTogether: boolean, isWhole: boolean): Box | null {
    const key = `${isTogether ? 't' : ''}${isWhole ? 'w' : ''}${quantities.join()}`
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const box = makeBox(quantities, isTogether, isWhole && isTogether)
    this.#known.set(key, box)
    return box
  }
}

function makeBox(quantities: readonly number[], isTogether: boolean, isWhole: boolean): Box | null {
  const lines = quantities.length
  const steps = quantities.map((quantity) => (isWhole ? 1 : quantity))
  const size = steps.reduce((product, each) => product * (each + 1), 1)
  if (size > sizeMost) return null
  const stepUnits = quantities.map((quantity) => (isWhole ? quantity : 1))
  const digits = Array.from({ length: size }, (_, v) => digitsOf(v, steps))
  const strides = steps.map((_, i) => steps.slice(0, i).reduce((product, each) => product * (each + 1), 1))
  const vectors = digits.map((each) => each.map((digit, i) => digit * (stepUnits[i] as number)))
  const parts = partsOf(digits, strides, isTogether)
  if (parts.list.length > partsMost) return null
  const first = digits.map((each) => each.findIndex((digit) => digit > 0))
  return {
    lines,
    size,
    vectors,
    lineCount: Int32Array.from(digits, (each) => each.filter((digit) => digit > 0).length),
    unitCount: Int32Array.from(vectors, (each) => each.reduce((sum, units) => sum + units, 0)),
    firstLine: Int32Array.from(first),
    before: Int32Array.from(first, (line, v) => (line < 0 ? 0 : v - (strides[line] as number))),
    step: Int32Array.from(first, (line) => (line < 0 ? 0 : (stepUnits[line] as number))),
    partStart: parts.start,
    parts: Int32Array.from(parts.list),
  }
}

function digitsOf(v: number, steps: readonly number[]): number[] {
  let rest = v
  return steps.map((most) => {
    const digit = rest % (most + 1)
    rest = (rest - digit) / (most + 1)
    return digit
  })
}

/** Of each amount its true parts that hold of its first line: it falls apart each way by one such part first. */
function partsOf(digits: number[][], strides: number[], isTogether: boolean) {
  const start = new Int32Array(digits.length + 1)
  const list: number[] = []
  for (const [s, whole] of digits.entries()) {
    start[s] = list.length
    if (list.length > partsMost) break
    let found = [0]
    const first = whole.findIndex((digit) => digit > 0)
    for (const [i, digit] of whole.entries()) {
      if (digit === 0) continue
      const choices = isTogether ? [0, digit] : Array.from({ length: digit + 1 }, (_, each) => each)
      const allowed = i === first ? choices.filter((each) => each > 0) : choices
      found = found.flatMap((v) => allowed.map((each) => v + each * (strides[i] as number)))
    }
    for (const v of found) if (v !== 0 && v !== s) list.push(v)
  }
  start[digits.length] = list.length
  return { start, list }
}
