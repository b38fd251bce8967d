// Facts that policies ask for: each is there in its type, whatever is known, and customers are known by their orders.

import { expect, test } from 'vitest'
import { FactSet, factsHere, factsIn, OrderSubjects } from '#orchestrator/policies'
import { createOrder } from '../core/running.ts'
import { start } from '../core/setting.ts'
import { act, draftOf, publishPolicy } from './drafts.ts'
import { running } from './running.ts'

test('a customer is known by the orders they placed lately', async () => {
  const { core, order, go } = await running()
  const draft = draftOf({ when: 'customer.recentOrders >= 3', actions: [act('tag', 'many')] })
  await publishPolicy(core, draft, start)
  const place = async (id: string, customerRef: string, placedAt: number) => {
    await createOrder(core, `${id}-plain`, 'x', 1)
    const { lines, ...header } = order(`${id}-plain`)
    const own = { ...header, orderId: id, externalId: id, customerRef, placedAt }
    await core.execute('CreateOrder', { order: own, lines }, { at: start })
    await go(id)
  }
  const day = 86_400_000
  await place('a1', 'ann', start - 8 * day)
  await place('a2', 'ann', start - 2 * day)
  await place('b1', 'ben', start)
  await place('a3', 'ann', start)
  expect(order('a3').policies).toBeUndefined()
  await place('a4', 'ann', start)
  expect(order('a4').policies?.tags).toEqual(['many'])
})

test('every fact has a value of its type, for every scope', async () => {
  const { core, worlds, context, order, go } = await running()
  await createOrder(core, 'o1', 'x', 1)
  await go('o1')
  const subjects = new OrderSubjects(order('o1'), factsHere(worlds, core.state(), context.now()))
  const { lines, work } = order('o1')
  const [line] = lines
  const [piece] = work
  if (line === undefined || piece === undefined) throw new Error('no work')
  const sets = {
    order: new FactSet(subjects),
    line: new FactSet(subjects, { line }),
    fulfillment_order: new FactSet(subjects, { work: piece }),
    node: new FactSet(subjects, { nodeId: 'fab:A' }),
  }
  const kinds = {
    string: 'string',
    int: 'bigint',
    double: 'number',
    bool: 'boolean',
    'list<string>': 'object',
  }
  for (const [scope, facts] of Object.entries(sets)) {
    for (const [path, { type }] of factsIn(scope as keyof typeof sets)) {
      const value = path
        .split('.')
        .reduce<unknown>((at, name) => (at as Record<string, unknown>)[name], facts)
      expect(typeof value, `${scope} ${path}`).toBe(kinds[type])
    }
  }
})
