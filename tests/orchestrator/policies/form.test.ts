// The two views of a condition: rows and text say the same, both ways; what is more than rows is told as such.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { api } from '#data/contracts'
import type { NamedFact } from '#orchestrator/conditions'
import { factsIn, signsFor, viewsOfForm, viewsOfText } from '#orchestrator/policies'

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }).filter((value) => value.isWellFormed()),
  fc.constantFrom('', '"', '\\', "'", '\n', '\u0000', 'Ré 😀', '&&'),
)
const number = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(0, -0, 1e-7, 1e21, 5e-324, 1.7976931348623157e308, -3),
)
const whole = fc.maxSafeInteger()

function valueFor({ type }: NamedFact, sign: api.FormSign): fc.Arbitrary<api.FormRow['value']> {
  const isMany = sign === 'one_of' || sign === 'none_of'
  if (type === 'bool') return fc.boolean()
  if (type === 'int' || type === 'double') {
    const one = type === 'int' ? whole : number
    return isMany ? fc.array(one, { minLength: 1, maxLength: 4 }) : one
  }
  return isMany ? fc.array(text, { minLength: 1, maxLength: 4 }) : text
}

function rowIn(scope: api.PolicyScope): fc.Arbitrary<api.FormRow> {
  return fc
    .constantFrom(...factsIn(scope).values())
    .chain((fact) => fc.constantFrom(...signsFor(fact.type)).map((sign) => ({ fact, sign })))
    .chain(({ fact, sign }) => {
      const mayTurn = ['contains', 'starts_with', 'ends_with'].includes(sign)
      return fc.record({
        fact: fc.constant(fact.path),
        sign: fc.constant(sign),
        isNot: mayTurn ? fc.boolean() : fc.constant(false),
        value: valueFor(fact, sign),
      })
    })
}

function groupIn(scope: api.PolicyScope, depth: number): fc.Arbitrary<api.FormGroup> {
  const row = rowIn(scope)
  const item: fc.Arbitrary<api.FormRow | api.FormGroup> =
    depth > 1
      ? fc.oneof({ weight: 3, arbitrary: row }, { weight: 1, arbitrary: groupIn(scope, depth - 1) })
      : row
  return fc.record({
    join: fc.constantFrom('and' as const, 'or' as const),
    items: fc.array(item, { minLength: 1, maxLength: 3 }),
  })
}

const scoped = fc
  .constantFrom(...api.policyScopes)
  .chain((scope) => groupIn(scope, 3).map((form) => ({ scope, form })))

describe('rows and text', () => {
  test('are the same thing: every form is read back from its text, and its text from that', () => {
    fc.assert(
      fc.property(scoped, ({ scope, form }) => {
        const first = viewsOfForm(scope, form)
        expect(first.fault).toBeNull()
        expect(first.onlyText).toBeNull()
        if (first.form === null) throw new Error('no form')
        const again = viewsOfForm(scope, first.form)
        expect(again.text).toBe(first.text)
        expect(again.form).toEqual(first.form)
      }),
      { numRuns: 200 },
    )
  })

  test('keep what was written: groups, order and turned tests', () => {
    const written =
      '(order.channel == "web" || !order.isExpress) && order.valueCents >= 10000 && !("a" in order.tags)'
    const { form } = viewsOfText('order', written)
    expect(form).toEqual({
      join: 'and',
      items: [
        {
          join: 'or',
          items: [
            { fact: 'order.channel', sign: 'is', isNot: false, value: 'web' },
            { fact: 'order.isExpress', sign: 'is', isNot: false, value: false },
          ],
        },
        { fact: 'order.valueCents', sign: 'at_least', isNot: false, value: 10_000 },
        { fact: 'order.tags', sign: 'contains', isNot: true, value: 'a' },
      ],
    })
    if (form !== null) expect(viewsOfForm('order', form).text).toBe(written)
  })

  test.each([
    ['order.valueCents > order.freightCents', 'no value of its own'],
    ['order.valueCents * 2 > 100', 'no fact of its own'],
    ['order.skus.exists(sku, sku.startsWith("a"))', 'exists is no row'],
    ['100 < order.valueCents', 'no fact of its own'],
    ['order.isExpress == true', 'write order.isExpress or !order.isExpress alone'],
    ['order.isExpress ? order.lines > 1 : order.lines > 2', 'more than a row can say'],
    ['!(order.isExpress && order.lines > 1)', 'more than a row can say'],
    ['order.channel < "b"', 'cannot be compared so'],
  ])('are told apart: %s is text alone', (written, reason) => {
    const { form, onlyText, fault } = viewsOfText('order', written)
    expect(fault).toBeNull()
    expect(form).toBeNull()
    expect(onlyText).toContain(reason)
  })

  test.each([
    ['order.valueCents >', 18, 'EOF'],
    ['order.nothing == 1', 6, 'No such key: nothing'],
    ['order.channel == 1', 0, 'no such overload'],
    ['line.quantity > 1', 0, 'Unknown variable: line'],
    ['order.lateRisk == 1', 0, 'write 10.0 instead of 10'],
  ])('tell where a text is wrong: %s', (written, position, reason) => {
    const { fault } = viewsOfText('order', written)
    expect(fault?.position).toBe(position)
    expect(fault?.reason).toContain(reason)
  })

  test('refuse rows that make no sense', () => {
    const row = (said: Partial<api.FormRow>): api.FormGroup => ({
      join: 'and',
      items: [{ fact: 'order.lines', sign: 'more', isNot: false, value: 1, ...said }],
    })
    for (const said of [
      { fact: 'order.nothing' },
      { value: 1.5 },
      { value: 'x' },
      { sign: 'contains' as const },
      { isNot: true },
      { sign: 'one_of' as const, value: [] },
    ]) {
      expect(viewsOfForm('order', row(said)).fault?.reason, JSON.stringify(said)).toBeTruthy()
    }
  })
})
