// Detection in words: why a finding was of no use, what a rule asks for, what other settings would have told. Pure.

import type { api } from '#data/contracts'
import { count, counted, inUnit, percent } from '../numbers.ts'
import { plain } from '../words.ts'

type Reason = NonNullable<api.FeedbackDraft['reason']>

/** Why a finding was of no use, as a person says it. */
export const reasonWords: Record<Reason, string> = {
  too_small: 'The change is too small to act on',
  noise: 'It was noise, nothing had changed',
  expected: 'We knew of it, or had planned it',
  other: 'Another reason',
}

/** Reasons in the order in which they are asked. */
export const reasons = Object.keys(reasonWords) as Reason[]

/** What feedback says: `useful`, `not useful: it was noise`. */
export function feedbackWord({ verdict, reason, note }: Pick<api.Feedback, 'verdict' | 'reason' | 'note'>) {
  if (verdict === 'useful') return note ? `Useful: ${note}` : 'Useful'
  const why = reason === null || reason === 'other' ? note : reasonWords[reason].toLowerCase()
  return why ? `Not useful: ${why}` : 'Not useful'
}

/** Names of what rules are about. */
export interface RuleNames {
  metrics: readonly api.MetricInfo[]
  /** Name of a value of a dimension. */
  nameOf: (dimension: string, value: string) => string
}

/** What a rule is about: `Backlog at Reno`, `every metric of every carrier`. */
export function ruleSubject(rule: api.DetectionRule, { metrics, nameOf }: RuleNames): string {
  const title = metrics.find(({ metric }) => metric === rule.metric)?.title
  const what = rule.metric === null ? 'Every metric' : (title ?? plain(rule.metric))
  if (rule.dimension === null) return rule.dimensionValue === null ? what : `${what}, ${rule.dimensionValue}`
  if (rule.dimension === 'all') return `${what}, everything together`
  const dimension = plain(rule.dimension, false)
  if (rule.dimensionValue === null) return `${what}, any ${dimension}`
  return `${what}, ${dimension} ${nameOf(rule.dimension, rule.dimensionValue)}`
}

/** What a rule asks for: `from a change of 40 orders, and from 30 % off`. */
export function ruleDemand(rule: api.DetectionRule, { metrics }: Pick<RuleNames, 'metrics'>): string {
  if (rule.isMuted) return 'never told'
  const unit = metrics.find(({ metric }) => metric === rule.metric)?.unit ?? ''
  const parts: string[] = []
  if (rule.leastChange !== null) parts.push(`a change of ${changeWord(rule.leastChange, unit)}`)
  if (rule.leastShare !== null) parts.push(`${percent(rule.leastShare, 0)} off what is expected`)
  const from = parts.length === 0 ? [] : [`from ${parts.join(' and ')}`]
  if (rule.strictness !== null && rule.strictness !== 1) from.push(strictWord(rule.strictness))
  return from.length === 0 ? 'as everything else' : from.join(', ')
}

function changeWord(size: number, unit: string): string {
  if (unit === 'share') return `${Number((size * 100).toPrecision(3))} points`
  if (unit === 'cents' || unit === 'hours') return inUnit(size, unit, null)
  return unit === '' ? count(size) : `${count(size)} ${unit}`
}

function strictWord(strictness: number): string {
  const times = Number((strictness >= 1 ? strictness : 1 / strictness).toPrecision(2))
  return strictness >= 1 ? `${times} times rarer by chance` : `also ${times} times likelier by chance`
}

/** Whether two rules are about the same series. */
export function isSameSubject(a: api.DetectionRule, b: api.DetectionRule): boolean {
  return a.metric === b.metric && a.dimension === b.dimension && a.dimensionValue === b.dimensionValue
}

/** What trying told, in one sentence. */
export function previewSentence({ days, before, after, gone, added }: api.PreviewAnswer): string {
  const span = `the last ${days === 1 ? 'day' : counted(days, 'day')}`
  if (before.length === 0 && after.length === 0) return `In ${span} nothing would have been told either way.`
  if (gone.length === 0 && added.length === 0)
    return `In ${span} nothing would have been different: ${counted(before.length, 'alert')}.`
  const was = `${count(after.length)} instead of ${counted(before.length, 'alert')}`
  return `In ${span} you would have had ${was}.`
}

/** The share of false alerts in words. */
export function falseWord(fdr: number): string {
  const one = Math.round(1 / fdr)
  return fdr >= 0.4 ? 'about every second may be false' : `about one in ${one} may be false`
}

/** What the settings come to, for the head of the page. */
export function settingsSentence(settings: api.DetectionSettings): string {
  const { confirmBy, confirmOf, fdr, alertsPerWeek } = settings
  const points =
    confirmOf === 1
      ? 'its newest point stands out'
      : `${confirmBy} of its newest ${confirmOf} points stand out`
  const budget =
    alertsPerWeek === null
      ? 'There is no limit to how many are opened.'
      : `At most ${counted(alertsPerWeek, 'incident is', 'incidents are')} opened in seven days, the most severe first.`
  return `An incident is opened when ${points}; ${falseWord(fdr)}. ${budget}`
}

/** A slice of a preview, `node/reno`, for people. */
export function sliceWord(key: string, nameOf: RuleNames['nameOf'] = (_, value) => value): string {
  const [dimension = '', ...rest] = key.split('/')
  const value = rest.join('/')
  if (dimension === 'all') return 'Everything together'
  return dimension === 'node' ? nameOf(dimension, value) : `${plain(dimension)} ${nameOf(dimension, value)}`
}
