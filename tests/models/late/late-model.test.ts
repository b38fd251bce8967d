// The late-risk model on a made-up retailer whose load makes work late: better than base rates, calibrated, the same
// each time, and never without a clear answer.

import { beforeAll, describe, expect, test } from 'vitest'
import { foretell, rawChance } from '../../../models/late/foretell.ts'
import { figuresOf, judge } from '../../../models/late/judged.ts'
import { lookAt } from '../../../models/late/look.ts'
import type { LateVersion, TeachAnswer } from '../../../models/late/model.ts'
import type { Passage } from '../../../models/late/passage.ts'
import { seen, sightsOf } from '../../../models/late/sights.ts'
import { teachFrom } from '../../../models/late/teach-late.ts'
import { chooseBackend } from '../../../models/runtime/index.ts'
import { asOf, madeWorks, start } from './made-works.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const cut = start + 45 * dayMs
const never = Number.POSITIVE_INFINITY
const context = { backend: 'wasm' as const, progress: () => {}, signal: new AbortController().signal }

type Taught = Extract<TeachAnswer, { kind: 'taught' }>
const works = madeWorks({ days: 60, perDay: 72 })
const versionOf = ({ meta, nets }: Taught): LateVersion => ({ version: 'v', meta, nets, learnedTo: cut })

async function teach(some: readonly Passage[], now = cut): Promise<TeachAnswer> {
  return teachFrom(some, { now, seed: 'test', current: null }, context)
}

async function teachWell(some: readonly Passage[], now = cut): Promise<Taught> {
  const answer = await teach(some, now)
  if (answer.kind !== 'taught') throw new Error(`nothing was taught of ${answer.ends} ends`)
  return answer
}

let taught: Taught
beforeAll(async () => {
  await chooseBackend(['wasm', 'cpu'])
  taught = await teachWell(asOf(works, cut))
}, 120_000)

describe('the model where load makes work late', () => {
  test('is better than base rates on what was decided later, and calibrated', async () => {
    const sights = sightsOf(works, never, never).filter(({ at }) => at >= cut - 30 * dayMs)
    const figures = figuresOf(await judge(taught, sights, never), taught.meta.calibration, cut)
    expect(figures.late).toBeGreaterThan(50)
    expect(figures.auroc ?? 0).toBeGreaterThan((figures.baseAuroc ?? 1) + 0.1)
    expect(figures.logLoss).toBeLessThan(0.9 * figures.baseLogLoss)
    expect(figures.ece).toBeLessThan(0.06)
    expect(figures.pinball.processing).toBeLessThan(0.9 * figures.basePinball.processing)
  })

  test('knows by itself that it is better, from held-back time', () => {
    const { card, figures, meta } = taught
    expect(figures.logLoss).toBeLessThan(figures.baseLogLoss)
    expect(meta.isBetter.processing).toBe(true)
    const [fold] = card.backTest?.folds ?? []
    expect(fold?.candidate).toBeLessThan(fold?.baseline ?? 0)
    expect(Date.parse(fold?.from ?? '')).toBeGreaterThan(Date.parse(card.from))
  })

  test('hardly ever sees more risk in a longer promise', async () => {
    const some = sightsOf(works, never, never).filter(({ at }, i) => at >= cut && i % 40 === 0)
    const longer = [48, 60, 72, 84, 96, 120, 150].map((hours) =>
      some.map((sight) => ({
        ...sight,
        work: { ...sight.work, promisedAt: sight.work.releasedAt + hours * hourMs },
      })),
    )
    const told = await Promise.all(longer.map((sights) => foretell(taught, sights)))
    for (let i = 0; i < some.length; i++) {
      const chances = told.map((spreads, step) => {
        const { work, at } = longer[step]?.[i] ?? (some[i] as (typeof some)[number])
        return rawChance(spreads[i] as (typeof spreads)[number], work, at, 'decided')
      })
      for (let step = 1; step < chances.length; step++)
        expect(chances[step]).toBeLessThan((chances[step - 1] ?? 0) + 0.05)
    }
  })

  test('says more hours for a node where much lies', async () => {
    const busy = works.filter(({ node }) => node === 'node 0')
    const loadAt = (at: number) =>
      busy.filter(({ releasedAt, shippedAt }) => releasedAt <= at && (shippedAt ?? never) > at).length
    const instants = Array.from({ length: 40 }, (_, i) => cut + i * 12 * hourMs)
    const [full, empty] = [
      instants.reduce((a, b) => (loadAt(b) > loadAt(a) ? b : a)),
      instants.reduce((a, b) => (loadAt(b) < loadAt(a) ? b : a)),
    ]
    const hoursAt = async (at: number) =>
      (await lookAt(asOf(works, at), at, versionOf(taught))).processing.get('node 0')?.medianHours ?? 0
    expect(await hoursAt(full)).toBeGreaterThan(2 * (await hoursAt(empty)))
  })
})

describe('what it says of now', () => {
  test('has every node and way, and open work by its risk, between 0 and 1', async () => {
    const isBetter = { processing: true, transit: true }
    const model = versionOf({ ...taught, meta: { ...taught.meta, isBetter } })
    const view = await lookAt(asOf(works, cut), cut, model)
    expect([...view.processing.keys()].sort()).toEqual([0, 1, 2, 3, 4, 5].map((node) => `node ${node}`))
    expect(view.transit.size).toBe(6 * 3 * 5)
    for (const { medianHours, p90Hours } of [...view.processing.values(), ...view.transit.values()]) {
      expect(medianHours).toBeGreaterThanOrEqual(0)
      expect(p90Hours).toBeGreaterThanOrEqual(medianHours)
    }
    const open = asOf(works, cut).filter(({ deliveredAt }) => deliveredAt === null)
    expect(view.risks.length).toBe(open.length)
    const risks = view.risks.map(({ risk }) => risk)
    expect(risks).toEqual(risks.toSorted((a, b) => b - a))
    for (const risk of risks) expect(risk >= 0 && risk <= 1).toBe(true)
  })

  test('leaves out hours that were not better than base rates on held-back time', async () => {
    const isBetter = { processing: false, transit: false }
    const model = versionOf({ ...taught, meta: { ...taught.meta, isBetter } })
    const view = await lookAt(asOf(works, cut), cut, model)
    expect([view.processing.size, view.transit.size]).toEqual([0, 0])
    expect(view.risks.length).toBeGreaterThan(0)
  })

  test('is certain of what is late already, and silent on what was promised nothing', async () => {
    const known = asOf(works, cut)
    const [first, second] = known.filter(({ deliveredAt }) => deliveredAt === null).slice(-2)
    const changed = known.map((work) =>
      work.orderId === first?.orderId
        ? { ...work, promisedAt: cut - hourMs }
        : work.orderId === second?.orderId
          ? { ...work, promisedAt: null }
          : work,
    )
    const { risks } = await lookAt(changed, cut, versionOf(taught))
    expect(risks.find(({ orderId }) => orderId === first?.orderId)?.risk).toBe(1)
    expect(risks.some(({ orderId }) => orderId === second?.orderId)).toBe(false)
  })

  test('has an answer for a node, carrier and region that nobody has seen', async () => {
    const model = versionOf(taught)
    const last = works.at(-1) as Passage
    const strange = {
      ...last,
      node: 'new',
      carrier: 'unheard of',
      origin: null,
      region: null,
      skuClass: null,
    }
    const sights = seen(works, [
      { at: cut, work: { ...strange, lines: null, value: null }, stage: 'decided' },
    ])
    const [spreads] = await foretell(model, sights)
    for (const share of [0.01, 0.5, 0.9, 0.99]) {
      expect(Number.isFinite(spreads?.processing.quantile(share))).toBe(true)
      expect(Number.isFinite(spreads?.transit.quantile(share))).toBe(true)
    }
  })
})

describe('little to learn from', () => {
  test.each<[string, readonly Passage[]]>([
    ['no history', []],
    ['one piece of work', works.slice(0, 1)],
    ['work that never ended', works.map((work) => ({ ...work, shippedAt: null, deliveredAt: null }))],
  ])('%s: says how many ends it has and how many it wants', async (_, some) => {
    const answer = await teach(some)
    expect(answer).toEqual({ kind: 'few', ends: some.length === 1 ? 1 : 0, wanted: 200 })
  })

  test.each([
    ['nothing is ever late', 10_000],
    ['everything is late', 1],
  ])('%s: learns times all the same, and every figure is a number', async (_, promiseHours) => {
    const answer = await teachWell(madeWorks({ days: 8, promiseHours }), start + 10 * dayMs)
    expect(answer.figures.auroc).toBeNull()
    const numbers = [answer.figures.logLoss, answer.figures.ece, ...Object.values(answer.figures.pinball)]
    for (const value of numbers) expect(Number.isFinite(value)).toBe(true)
    for (const net of Object.values(answer.nets)) expect(net.weights.every(Number.isFinite)).toBe(true)
  })

  test('no promises at all: learns times, and is measured by them', async () => {
    const some = madeWorks({ days: 8 }).map((work) => ({ ...work, promisedAt: null }))
    const answer = await teachWell(some, start + 10 * dayMs)
    expect(answer.figures.rows).toBe(0)
    expect(answer.card.backTest?.folds[0]?.candidate).toBeGreaterThan(0)
  })

  test('the same rows and the same seed give the same model', async () => {
    const some = madeWorks({ days: 8 })
    const [one, other] = [
      await teachWell(some, start + 10 * dayMs),
      await teachWell(some, start + 10 * dayMs),
    ]
    expect(other.meta).toEqual(one.meta)
    expect(other.nets).toEqual(one.nets)
    expect(other.card.fingerprint).toBe(one.card.fingerprint)
  })
})
