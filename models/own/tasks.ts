// What the process of an own model does: reads the rows of its query from a file, learns and is tested, or scores and
// writes a file. It opens no warehouse and keeps nothing.

import { countsByColumn, fingerprintOf, type Profile, profileOf, type Values } from '../registry/index.ts'
import type { TaskContext } from '../runtime/index.ts'
import { askTarget, type RowScore } from './ask.ts'
import { type Frame, readFrame } from './frame.ts'
import {
  type OwnModel,
  type OwnScored,
  type OwnScoreInput,
  type OwnTrained,
  type OwnTrainInput,
  targetKind,
} from './meta.ts'
import { askOdd, learnOdd } from './odd.ts'
import { type Lesson, learnTarget, type TargetMeta, type Taught } from './recipe.ts'
import { type Aim, type Roles, rolesOf, type Wanted } from './roles.ts'
import { writeScores } from './score-file.ts'
import { telltales, testTarget } from './test.ts'

/** Part of the progress that the test takes. */
const testShare = 0.75

async function train(input: OwnTrainInput, context: TaskContext): Promise<OwnTrained> {
  const { wanted } = input
  context.progress({ step: 'reading', share: 0 })
  const frame = await readFrame(input.file, wanted.timeColumn)
  const roles = rolesOf(frame, wanted)
  const seen = valuesOf(frame, roles.features)
  const times = (frame.columns.get(wanted.timeColumn)?.values ?? []) as number[]
  const learned =
    wanted.target === null || roles.aim === null
      ? await learnOdd({ frame, features: roles.features, timeColumn: wanted.timeColumn }, input, context)
      : await trainTarget(frame, roles, { ...input, target: wanted.target, aim: roles.aim }, context)
  const all = [wanted.keyColumn, wanted.timeColumn, ...(wanted.target === null ? [] : [wanted.target])]
  return {
    ...learned,
    from: times[0] as number,
    to: times.at(-1) as number,
    features: roles.features,
    profile: profileOf(seen),
    fingerprint: fingerprintOf(valuesOf(frame, [...roles.features, ...all])),
    backend: context.backend,
    notes: [...roles.notes, ...learned.notes],
  }
}

async function trainTarget(
  frame: Frame,
  { features }: Roles,
  input: OwnTrainInput & { target: string; aim: Aim },
  { progress, signal }: TaskContext,
) {
  const { target, aim, seed, gapMs, wanted } = input
  const outcomes = frame.columns.get(target)?.values ?? []
  const rows = outcomes.flatMap((value, row) => (value === null ? [] : [row]))
  const lesson: Lesson = { frame, features, timeColumn: wanted.timeColumn, target, aim, rows }
  const tell = (step: string, from: number, to: number) => (share: number) =>
    progress({ step, share: from + (to - from) * share })
  const old = input.current === null ? null : taughtFrom(input.current.model)
  const isComparable = old !== null && JSON.stringify(old.meta.aim) === JSON.stringify(aim)
  const { test, figures, calibration } = await testTarget(lesson, {
    seed: `${seed}/test`,
    gapMs,
    signal,
    onProgress: tell('testing on the past', 0, testShare),
    current: isComparable ? { model: old, learnedTo: input.current?.learnedTo ?? 0 } : null,
  })
  const taught = await learnTarget(lesson, { seed, signal, onProgress: tell('learning', testShare, 1) })
  const said = telltales(lesson).map((name) => {
    return `${name} says nearly all of ${target} by itself: is it known before the outcome?`
  })
  if (test === null) said.push('there is too little history for a test on the past')
  return {
    ...targetKind,
    own: taught.meta,
    nets: { dense: taught.dense, straight: taught.straight },
    numbers: {},
    rows: taught.rows,
    metrics: figures,
    calibration,
    thresholds: {},
    backTest: test,
    notes: said,
  }
}

async function score(input: OwnScoreInput, context: TaskContext): Promise<OwnScored> {
  const { wanted, profile } = input
  const frame = await readFrame(input.file, wanted.timeColumn)
  const rows = rowsToScore(frame, wanted)
  const scores =
    wanted.target === null
      ? await askOdd(input.model, frame, rows, context)
      : await askTarget(taughtFrom(input.model), frame, rows, context.signal)
  const keys = frame.columns.get(wanted.keyColumn)?.values ?? []
  const times = frame.columns.get(wanted.timeColumn)?.values ?? []
  const keyed = scores.map((each, i) => {
    const row = rows[i] as number
    return { ...finite(each), key: String(keys[row]), at: Number(times[row]) }
  })
  await writeScores(input.out, keyed)
  return {
    rows: keyed.length,
    counts: profile === null ? null : countsOn(profile, frame, rows),
    pValues: keyed.flatMap(({ pValue }) => (pValue === null ? [] : [pValue])),
  }
}

/** The newest row of each key: those without an outcome yet, where there are such, else all. */
function rowsToScore(frame: Frame, { target, keyColumn }: Wanted): number[] {
  const keys = frame.columns.get(keyColumn)?.values ?? []
  const outcomes = target === null ? [] : (frame.columns.get(target)?.values ?? [])
  const isOpen = outcomes.some((value) => value === null)
  const newest = new Map<string, number>()
  for (const [row, key] of keys.entries()) {
    if (key === null || (isOpen && outcomes[row] !== null)) continue
    newest.set(String(key), row)
  }
  return [...newest.values()].sort((a, b) => a - b)
}

function countsOn(profile: Profile, frame: Frame, rows: readonly number[]): number[][] {
  const some = new Map<string, Values>()
  for (const { name } of profile.columns) {
    const values = frame.columns.get(name)?.values ?? []
    some.set(
      name,
      rows.map((row) => values[row] ?? null),
    )
  }
  return countsByColumn(profile, some)
}

/** Columns by name; instants are left out where `features` alone are wanted for a profile. */
function valuesOf(frame: Frame, names: readonly string[]): Map<string, Values> {
  return new Map(
    names.flatMap((name) => {
      const column = frame.columns.get(name)
      return column === undefined ? [] : [[name, column.values] as const]
    }),
  )
}

/** No number that is none leaves this process. */
function finite(score: RowScore): RowScore {
  const safe = (value: number | null) => (value === null || !Number.isFinite(value) ? null : value)
  return {
    ...score,
    score: safe(score.score) ?? 0,
    pValue: safe(score.pValue),
    predictionValue: safe(score.predictionValue),
    lower: safe(score.lower),
    upper: safe(score.upper),
  }
}

function taughtFrom({ own, nets }: OwnModel): Taught {
  return {
    meta: own as TargetMeta,
    dense: nets.dense as Taught['dense'],
    straight: nets.straight as Taught['straight'],
    rows: { trained: 0, held: 0 },
  }
}

/** Tasks by name. */
export const tasks = { train, score }
