// What a book of steps tells after an hour, as a watch finds it. It asserts nothing.

import type { StepBook } from '../../../models/steps/book.ts'
import type { AlarmLimits } from '../../../models/steps/evidence.ts'
import { rootsOf } from '../../../models/steps/roots.ts'
import type { Slice } from '../../../models/steps/slices.ts'
import type { Alarm, Root } from '../../../models/steps/sums.ts'

/** Roots of the alarms of a book, which are noted in it. */
export function rootsNow(book: StepBook, limits: (slice: Slice) => AlarmLimits): Root[] {
  const alarms: Alarm[] = [...book.alarmed].flatMap((slice) =>
    slice.ways
      .filter(({ alarmedAt }) => alarmedAt !== null)
      .map((point) => ({ slice, point, limit: limits(slice).alarm })),
  )
  const roots = alarms.length === 0 ? [] : rootsOf(alarms, book.past, limits)
  for (const { slice } of roots) book.alarmed.add(slice)
  return roots
}

/** Notes the hour in which each slice was told first, by key. */
export function noteTold(told: Map<string, number>, roots: readonly Root[], hour: number): void {
  for (const { slice } of roots) if (!told.has(slice.key)) told.set(slice.key, hour)
}
