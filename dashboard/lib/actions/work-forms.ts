// What each step of the work of a node asks, and which step comes next. It decides nothing: the core says what may be.

import type { api } from '#data/contracts'
import { server } from '../api.ts'
import type { ActionForm, FormField, UnitLine } from './form.ts'
import { linesOf, reasonOf, textOf, whyOf } from './order-fields.ts'

/** Work that steps are done with. */
export interface WorkAtHand {
  orderId: string
  fulfillmentOrderId: string
  nodeName: string
  carrier: string | null
  lines: api.FulfillmentOrderSummary['lines']
  actions: readonly string[]
}

/** Steps in the order in which a node does them, with the words of their buttons. */
const steps: Record<string, { title: string; done: string; isQuick?: boolean }> = {
  start_picking: { title: 'Start picking', done: 'Picking has begun', isQuick: true },
  pick: { title: 'Picked', done: 'Picked', isQuick: true },
  pack: { title: 'Pack', done: 'Packed', isQuick: true },
  ready: { title: 'Ready for pick-up', done: 'It waits for its customer', isQuick: true },
  ship: { title: 'Ship…', done: 'Shipped' },
  collect: { title: 'Collected', done: 'Collected', isQuick: true },
  deliver: { title: 'Delivered', done: 'Delivered', isQuick: true },
}

/** A step that can be done. */
export interface WorkStep {
  action: string
  title: string
  done: string
  /** Whether it is done without asking for anything. */
  isQuick: boolean
}

/** The step that comes next, null where the node has nothing to do. */
export function nextStep({ actions }: Pick<WorkAtHand, 'actions'>): WorkStep | null {
  const action = Object.keys(steps).find((name) => actions.includes(name))
  const step = action === undefined ? undefined : steps[action]
  return action === undefined || step === undefined ? null : { isQuick: false, ...step, action }
}

/** What else can be done, for a menu; accepting is not needed to begin, so it is one of these. */
export function otherSteps({ actions }: Pick<WorkAtHand, 'actions'>): WorkStep[] {
  const others = [
    { action: 'accept', title: 'Accept', done: 'Accepted', isQuick: true },
    { action: 'pick_short', title: 'Picked short…', done: '', isQuick: false },
    { action: 'deliver', title: 'Delivered', done: 'Delivered', isQuick: true },
    { action: 'reject', title: 'Reject…', done: '', isQuick: false },
  ]
  const next = nextStep({ actions })?.action
  return others.filter(
    ({ action }) => action !== next && actions.includes(action === 'pick_short' ? 'pick' : action),
  )
}

/** The step as its path names it. */
const pathOf = (action: string) => action.replaceAll('_', '-') as api.WorkActionName

/** Does a step that asks for nothing. */
export function doStep(work: WorkAtHand, action: string): Promise<api.CommandAnswer> {
  return server.workStep(work.orderId, work.fulfillmentOrderId, pathOf(action))
}

const unitLines = (work: WorkAtHand, isMeant: boolean): UnitLine[] =>
  work.lines.flatMap((line) => {
    const most = line.quantity - line.shortQuantity - line.shippedQuantity
    return most === 0
      ? []
      : [{ lineId: line.lineId, title: line.name ?? line.sku, most, units: isMeant ? most : 0 }]
  })
const unitsField = (label: string, lines: readonly UnitLine[]): FormField => ({
  kind: 'units',
  name: 'lines',
  label,
  lines,
})

/** The dialog of a step that asks for something. */
export function workForm(work: WorkAtHand, action: string): ActionForm | undefined {
  if (action === 'reject') return rejectForm(work)
  if (action === 'pick_short') return shortForm(work)
  return action === 'ship' ? shipForm(work) : undefined
}

function rejectForm(work: WorkAtHand): ActionForm {
  return {
    title: `Reject at ${work.nodeName}`,
    text: 'The node will not do it: its units look for another node, and not for this one again.',
    confirm: 'Reject',
    done: 'Rejected; its units look for another node',
    isDangerous: true,
    fields: [whyOf('damaged on the shelf')],
    act: (answers) =>
      server.workStep(work.orderId, work.fulfillmentOrderId, 'reject', { reason: reasonOf(answers) }),
  }
}

function shortForm(work: WorkAtHand): ActionForm {
  return {
    title: `Picked short at ${work.nodeName}`,
    text: 'Units that are not on the shelf are written off there.',
    confirm: 'Picked',
    done: 'Picked; what was missing is taken care of',
    fields: [
      unitsField('Units not found', unitLines(work, false)),
      {
        kind: 'choice',
        name: 'shortTo',
        label: 'What becomes of them',
        value: 'source',
        options: [
          { value: 'source', title: 'Look for another node' },
          { value: 'cancel', title: 'Cancel' },
        ],
      },
    ],
    act: (answers) =>
      server.workStep(work.orderId, work.fulfillmentOrderId, 'pick', {
        short: linesOf(answers),
        shortTo: textOf(answers, 'shortTo'),
      }),
  }
}

function shipForm(work: WorkAtHand): ActionForm {
  const lines = unitLines(work, true)
  return {
    title: `Ship from ${work.nodeName}`,
    text: 'A parcel leaves, with all that has not left yet or with some of it.',
    confirm: 'Ship',
    done: 'The parcel has left',
    fields: [
      unitsField('Units in the parcel', lines),
      { kind: 'text', name: 'carrier', label: 'Carrier', isHalf: true, value: work.carrier ?? '' },
      { kind: 'text', name: 'trackingNumber', label: 'Tracking number', isHalf: true },
    ],
    act: (answers) => {
      const parcel = linesOf(answers)
      const isAll = lines.every(({ lineId, most }) =>
        parcel.some((one) => one.lineId === lineId && one.quantity === most),
      )
      const [carrier, trackingNumber] = [textOf(answers, 'carrier'), textOf(answers, 'trackingNumber')]
      return server.workStep(work.orderId, work.fulfillmentOrderId, 'ship', {
        ...(carrier === '' ? {} : { carrier }),
        ...(trackingNumber === '' ? {} : { trackingNumber }),
        ...(isAll ? {} : { lines: parcel }),
      })
    },
  }
}
