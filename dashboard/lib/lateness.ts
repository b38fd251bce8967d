// How likely it is that an order comes late, in words. It foretells nothing.

import { percent, thin } from './numbers.ts'

/** From here on an order is shown as one that may well be late. */
const likelyFrom = 0.3

/** `62 %`, `below 1 %`, `over 99 %`: never a certainty. */
export function lateWord(risk: number): string {
  if (risk < 0.01) return `below 1${thin}%`
  if (risk > 0.99) return `over 99${thin}%`
  return percent(risk, 0)
}

/** Whether a person should see it among others. */
export function isLikelyLate(risk: number | null): boolean {
  return risk !== null && risk >= likelyFrom
}

/** A sentence for the head of a page; empty where nothing is known. */
export function lateSentence(risk: number | null): string {
  return risk === null ? '' : `The chance that it comes late is ${lateWord(risk)}.`
}
