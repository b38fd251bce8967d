// An effect in one plain sentence that claims no more than was measured. It computes nothing.

import { showMoney } from '#data/kernel'
import type { Effect } from './estimate.ts'
import type { Figure } from './intervals.ts'

/** One sentence about an effect. */
export function effectSentence(effect: Effect, currency: string): string {
  const { moved, heldOut, movedKnown, heldOutKnown, movedOpen, method, hoursMethod } = effect
  const { lateAvoided, hoursSaved, extraCents } = effect
  if (method === 'none') {
    return heldOut === 0 ? 'Nothing was moved.' : `Nothing was moved; ${countOf(heldOut)} left in place.`
  }
  const cents = Math.round(extraCents.value)
  const money = showMoney(Math.abs(cents), currency)
  const cost = cents < 0 ? `and ${money}` : `for ${money}`
  const late = `about ${whole(lateAvoided.value)} late ${Math.round(lateAvoided.value) === 1 ? 'order' : 'orders'}`
  const range = `95 %: ${whole(lateAvoided.low)} to ${whole(lateAvoided.high)}`
  const hours = `${whole(hoursSaved.value)} hours of waiting (${whole(hoursSaved.low)} to ${whole(hoursSaved.high)})`
  const how =
    method === 'hold_out'
      ? `measured against ${countOf(heldOutKnown)} left in place`
      : `against what was foretold for them: ${tooFew(effect)}`
  const foretold = method === 'hold_out' && hoursMethod === 'model' ? '; hours are as foretold' : ''
  const rest = movedOpen > 0 ? `; the end of ${countOf(movedOpen)} is not known yet` : ''
  const [avoids, saves] =
    movedKnown === 0 && movedOpen > 0
      ? ['should avoid', 'save']
      : [isUnclear(lateAvoided) ? 'may have avoided' : 'avoided', 'saved']
  const what = `${avoids} ${late} (${range}) and ${saves} ${hours} ${cost}`
  return `Moving ${countOf(moved)} ${what}, ${how}${foretold}${rest}.`
}

/** Nothing at all is as likely. */
function isUnclear({ low, high }: Figure): boolean {
  return low <= 0 && high >= 0
}

function tooFew({ heldOut, heldOutKnown, heldOutOpen }: Effect): string {
  if (heldOut === 0) return 'no order was left in place to compare with'
  if (heldOutKnown > 0) return `only ${countOf(heldOutKnown)} left in place, too few to compare with`
  if (heldOutOpen > 0) return `nothing is known yet of ${countOf(heldOutOpen)} left in place`
  return 'no order that can be late was left in place to compare with'
}

function countOf(count: number): string {
  return count === 1 ? '1 order' : `${count.toLocaleString('en')} orders`
}

function whole(value: number): string {
  const rounded = Math.round(value)
  return (rounded === 0 ? 0 : rounded).toLocaleString('en')
}
