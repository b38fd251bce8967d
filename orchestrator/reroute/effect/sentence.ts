// An effect in one plain sentence that claims no more than was measured. It computes nothing.

import { showMoney } from '#data/kernel'
import type { Effect } from './estimate.ts'
import type { Figure } from './intervals.ts'

/** One sentence about an effect. */
export function effectSentence(effect: Effect, currency: string): string {
  const { moved, heldOut, movedKnown, heldOutKnown, method, hoursMethod } = effect
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
      : `against what was foretold for them: ${tooFew(heldOut, heldOutKnown)}`
  const foretold = method === 'hold_out' && hoursMethod === 'model' ? '; hours are as foretold' : ''
  const open = moved - movedKnown
  const rest = open > 0 ? `; the end of ${countOf(open)} is not known yet` : ''
  const [avoids, saves] =
    movedKnown === 0
      ? ['should avoid', 'save']
      : [isUnclear(lateAvoided) ? 'may have avoided' : 'avoided', 'saved']
  const what = `${avoids} ${late} (${range}) and ${saves} ${hours} ${cost}`
  return `Moving ${countOf(moved)} ${what}, ${how}${foretold}${rest}.`
}

/** Nothing at all is as likely. */
function isUnclear({ low, high }: Figure): boolean {
  return low <= 0 && high >= 0
}

function tooFew(heldOut: number, known: number): string {
  if (heldOut === 0) return 'no order was left in place to compare with'
  return known === 0
    ? `nothing is known yet of ${countOf(heldOut)} left in place`
    : `only ${countOf(known)} left in place, too few to compare with`
}

function countOf(count: number): string {
  return count === 1 ? '1 order' : `${count.toLocaleString('en')} orders`
}

function whole(value: number): string {
  const rounded = Math.round(value)
  return (rounded === 0 ? 0 : rounded).toLocaleString('en')
}
