// Sets aside the records that contradict others or refer to what nobody has seen, each as a whole: its rows leave
// every entity they went to, and what depended on them is judged again.

import { entities } from '#data/contracts'
import { quoteText } from '#data/kernel'
import { fillTarget, keyColumns, rankedSql, type Target } from './fill.ts'
import { type LoadJob, notBad } from './job.ts'
import { noteUnreferenced } from './references.ts'

/** Notes such records in `load_bad` and takes out their rows, until nothing more is found. */
export async function setAside(job: LoadJob, targets: Target[]): Promise<void> {
  for (let isFirst = true; ; isFirst = false) {
    const roles = new Set<string>()
    for (const target of targets) {
      const isSettled = isFirst && target.isChecked
      const unknown = isSettled ? 0 : await noteUnreferenced(job, target, targets)
      const noted = unknown + (await noteConflicts(job, target))
      if (noted > 0) roles.add(target.entity.spec.from)
    }
    if (roles.size === 0) return
    for (const target of targets) if (roles.has(target.entity.spec.from)) await takeOut(job, target)
  }
}

/** Notes records that give a row of the same file other content. */
async function noteConflicts({ queries }: LoadJob, target: Target): Promise<number> {
  if (!target.hasRepeats) return 0
  const { entity } = target
  const keys = keyColumns(entity).join(', ')
  return queries.run(
    `INSERT INTO temp.load_bad
     ${rankedSql(target)}
     SELECT DISTINCT r.file_no, r.row_number, ${quoteText(entity.spec.from)}, ${quoteText(entity.name)},
       ${quoteText(entities[entity.name].naturalKey.join(', '))}, 'duplicate_id',
       'another record of the file has the same id and other content'
     FROM ranked r JOIN ranked w USING (${keys}) ${notBad('r.file_no', 'r.row_number')}
     WHERE w.place = 1 AND r.place > 1 AND r.file_no = w.file_no AND r.content IS DISTINCT FROM w.content`,
  )
}

async function takeOut(job: LoadJob, target: Target): Promise<void> {
  const { table, own, entity } = target
  if (entity.spec.group === true) {
    await job.queries.run(`DELETE FROM ${table} WHERE ${own}`)
    await fillTarget(job, target)
    return
  }
  await job.queries.run(
    `DELETE FROM ${table} AS t USING temp.load_bad AS bad
     WHERE t.${own} AND bad.file_no = t.file_no AND bad.row_number = t.row_number`,
  )
}
