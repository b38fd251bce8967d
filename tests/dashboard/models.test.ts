// Models and detection in words and charts: what tests on the past say, whether chances come, what rules ask for.

import { describe, expect, test } from 'vitest'
import type { api } from '#data/contracts'
import { calibrationSpec, chanceRange, isOff, reachOf } from '../../dashboard/lib/charts/calibration-spec.ts'
import { type Palette, paletteFrom } from '../../dashboard/lib/charts/palette.ts'
import {
  previewSentence,
  ruleDemand,
  ruleSubject,
  settingsSentence,
  sliceWord,
} from '../../dashboard/lib/detection/words.ts'
import { isLikelyLate, lateWord } from '../../dashboard/lib/lateness.ts'
import { guessedRoles, idOf, scheduleWords, scoresQuery } from '../../dashboard/lib/models/own.ts'
import {
  bestOf,
  calibrationFinding,
  foldFinding,
  foldTotal,
  readable,
  versionBefore,
} from '../../dashboard/lib/models/words.ts'
import { thin } from '../../dashboard/lib/numbers.ts'

const palette: Palette = paletteFrom((token) => `var(${token})`)
const fold = (candidate: number, current: number | null, baseline: number | null, rows = 100) => ({
  from: '2026-11-01T00:00:00Z',
  to: '2026-11-08T00:00:00Z',
  rows,
  candidate,
  current,
  baseline,
})

describe('calibration', () => {
  const points = [
    { predicted: 0.05, observed: 0.06, count: 400 },
    { predicted: 0.2, observed: 0.19, count: 200 },
    { predicted: 0.5, observed: 0.8, count: 60 },
  ]

  test('is drawn as the golden file has it, groups that are off as diamonds', async () => {
    const text = `${JSON.stringify(calibrationSpec({ points, palette, height: 240 }), null, 2)}\n`
    await expect(text).toMatchFileSnapshot('./golden/calibration.json')
  })

  test('is off only where chance does not explain it', () => {
    expect(points.map(isOff)).toEqual([false, false, true])
    expect(isOff({ predicted: 0.5, observed: 0.8, count: 4 })).toBe(false)
    expect(chanceRange({ predicted: 0, observed: 0, count: 0 })).toEqual({ low: 0, high: 0 })
    expect(calibrationFinding(points)).toBe('1 of 3 groups comes more or less often than told')
  })

  test('is shown up to where chances reach', () => {
    expect(reachOf(points)).toBe(1)
    expect(reachOf(points.slice(0, 1))).toBe(0.1)
    expect(reachOf([])).toBe(0.1)
  })
})

describe('a test on the past', () => {
  test('says against whom it was better, and how often', () => {
    const folds = [fold(0.2, 0.3, 0.5), fold(0.4, 0.3, 0.5)]
    const measured = { measure: 'log loss', lowerIsBetter: true, folds }
    expect(foldFinding(measured)).toBe(
      'On the past: better than the version before 1 of 2 times, than no model every time',
    )
    expect(foldFinding({ ...measured, folds: [fold(0.2, null, null)] })).toBe(
      'Tested on 1 stretch of the past',
    )
    expect(bestOf(fold(0.2, 0.3, 0.5), true)).toBe('candidate')
    expect(bestOf(fold(0.2, 0.3, 0.5), false)).toBe('baseline')
    expect(bestOf(fold(0.2, null, null), true)).toBeNull()
    expect(bestOf(fold(0.2, 0.2, null), true)).toBeNull()
  })

  test('weighs its stretches by their rows, and leaves out what was not measured on all of them', () => {
    const total = foldTotal({ folds: [fold(0.2, 0.3, 0.5, 300), fold(0.4, null, 0.9, 100)] })
    expect(total).toEqual({ rows: 400, candidate: 0.25, current: null, baseline: 0.6 })
  })
})

describe('versions', () => {
  const version = (id: string, status: 'in_use' | 'kept' | 'damaged' = 'kept') => ({ version: id, status })
  const decided = (action: 'promoted' | 'rolled_back', id: string) => ({ action, version: id })
  const earlier = (current: string, versions: object[], decisions: object[]) =>
    versionBefore({ current: { version: current }, versions, decisions } as unknown as api.ModelDetail)
      ?.version ?? null

  test('a roll-back leads to the one used before that can be used', () => {
    const versions = [version('c', 'in_use'), version('b', 'damaged'), version('a')]
    const decisions = [decided('promoted', 'c'), decided('promoted', 'b'), decided('promoted', 'a')]
    expect(earlier('c', versions, decisions)).toBe('a')
    expect(earlier('a', versions, [decided('rolled_back', 'a'), ...decisions])).toBeNull()
    expect(earlier('c', versions.slice(0, 1), decisions)).toBeNull()
  })

  test('are named by when they were made', () => {
    expect(readable('0.2, 20261126T071456-01 had 0.3', 'UTC')).toBe(
      '0.2, the version of 26 Nov, 07:14 UTC had 0.3',
    )
    expect(readable('20261126T071456-01', 'America/Los_Angeles')).toBe('the version of 25 Nov, 23:14 PST')
    expect(readable('20261126T071456-02', 'UTC')).toBe('the version of 26 Nov, 07:14 UTC (2)')
  })
})

describe('detection in words', () => {
  const metrics = [
    {
      metric: 'backlog',
      title: 'Backlog',
      family: 'f',
      formula: '',
      unit: 'orders',
      isAdditive: false,
      betterWhen: 'lower' as const,
    },
    {
      metric: 'late_share',
      title: 'Late',
      family: 'f',
      formula: '',
      unit: 'share',
      isAdditive: true,
      betterWhen: 'lower' as const,
    },
  ]
  const names = { metrics, nameOf: (_: string, value: string) => (value === 'n1' ? 'Reno' : value) }
  const rule = {
    metric: null,
    dimension: null,
    dimensionValue: null,
    leastChange: null,
    leastShare: null,
    strictness: null,
    isMuted: false,
  }

  test('names what a rule is about and what it asks for', () => {
    expect(ruleSubject({ ...rule, metric: 'backlog', dimension: 'node', dimensionValue: 'n1' }, names)).toBe(
      'Backlog, node Reno',
    )
    expect(ruleSubject({ ...rule, dimension: 'all' }, names)).toBe('Every metric, everything together')
    expect(ruleSubject({ ...rule, dimension: 'sku_class' }, names)).toBe('Every metric, any sku class')
    expect(
      ruleDemand({ ...rule, metric: 'backlog', leastChange: 40, leastShare: 0.3, strictness: 4 }, names),
    ).toBe(`from a change of 40 orders and 30${thin}% off what is expected, 4 times rarer by chance`)
    expect(ruleDemand({ ...rule, metric: 'late_share', leastChange: 0.05 }, names)).toBe(
      'from a change of 5 points',
    )
    expect(ruleDemand({ ...rule, isMuted: true }, names)).toBe('never told')
    expect(ruleDemand(rule, names)).toBe('as everything else')
    expect(sliceWord('node/n1', names.nameOf)).toBe('Reno')
    expect(sliceWord('lane/a/b')).toBe('Lane a/b')
    expect(sliceWord('all/')).toBe('Everything together')
  })

  test('says what settings would have told, and what they come to', () => {
    const alert = { key: 'node/n1', metric: 'backlog', from: '', to: '', severity: 0.4 }
    const answer = { days: 14, before: [alert, alert], after: [alert], gone: ['node/n1'], added: [] }
    expect(previewSentence(answer)).toBe('In the last 14 days you would have had 1 instead of 2 alerts.')
    expect(previewSentence({ ...answer, gone: [] })).toBe(
      'In the last 14 days nothing would have been different: 2 alerts.',
    )
    expect(previewSentence({ ...answer, days: 1, before: [], after: [] })).toBe(
      'In the last day nothing would have been told either way.',
    )
    const settings = {
      fdr: 0.1,
      confirmBy: 2,
      confirmOf: 3,
      recoveredBelow: 1,
      newLevelHours: 168,
      alertsPerWeek: 10,
      closedDays: [],
      rules: [],
    }
    expect(settingsSentence(settings)).toBe(
      'An incident is opened when 2 of its newest 3 points stand out; about one in 10 may be false. ' +
        'At most 10 incidents are opened in seven days, the most severe first.',
    )
  })
})

describe('lateness and own models', () => {
  test('a chance is never a certainty', () => {
    expect([0, 0.003, 0.62, 0.999].map(lateWord)).toEqual([
      `below 1${thin}%`,
      `below 1${thin}%`,
      `62${thin}%`,
      `over 99${thin}%`,
    ])
    expect([null, 0.1, 0.4].map(isLikelyLate)).toEqual([false, false, true])
  })

  test('columns are guessed from their names and types, ids from names, tables are quoted', () => {
    const columns = ['day DATE', 'order_id VARCHAR', 'placed_at TIMESTAMP WITH TIME ZONE'].map((text) => {
      const [name = '', ...type] = text.split(' ')
      return { name, type: type.join(' ') }
    })
    expect(guessedRoles(columns)).toEqual({ keyColumn: 'order_id', timeColumn: 'placed_at' })
    expect(guessedRoles([])).toEqual({ keyColumn: '', timeColumn: '' })
    expect(idOf('  Odd Bestellungen: größte! ')).toBe('odd_bestellungen_gro_te')
    expect(scoresQuery('odd', "o'hara", 5)).toContain("WHERE market = 'o''hara' AND model = 'odd'")
    expect(scheduleWords('0 3 * * *')).toBe('every day at 03:00 UTC')
    expect(scheduleWords('5 4 * * *')).toBe('by the cron 5 4 * * * in UTC')
    expect(scheduleWords(null)).toBe('only when asked')
  })
})
