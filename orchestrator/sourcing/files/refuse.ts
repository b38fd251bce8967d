// Refuses files that cannot be used, with everything that is wrong with them. It reads none.

import { fail } from '#data/kernel'
import type { Faults } from '../documents/faults.ts'

/** @throws SOURCING_FILE_INVALID where there is any fault: the first in words, up to 1,000 in its details */
export function refuse({ named, count }: Pick<Faults, 'named' | 'count'>): void {
  const [first] = named
  if (first === undefined) return
  const place = [first.row === null ? null : `row ${first.row}`, first.field].filter((part) => part !== null)
  const where = place.length === 0 ? '' : `${place.join(', ')}: `
  const more = count === 1 ? '' : `; ${count - 1} more`
  throw fail('SOURCING_FILE_INVALID', {
    file: first.file,
    row: first.row,
    reason: `${where}${first.reason}${more}`,
    faults: named,
    count,
  })
}
