// What the threads of the table detector can do: learn a table, keep a model, look at rows with it.

import { fail } from '#data/kernel'
import type { Tasks } from '../runtime/index.ts'
import type { Table } from './columns.ts'
import { type Learned, type LearnOptions, learnTable } from './learn.ts'
import { look, type Seen } from './look.ts'
import type { TableModel } from './model.ts'

/** A stretch of rows to look at. */
export interface Stretch {
  model: string
  table: Table
  /** Which rows are references of the model, -1 = none. */
  own: Int32Array | null
  reasonsFrom: number
}

const models = new Map<string, TableModel>()

/** Tasks by name. */
export const tasks = {
  learn: ({ table, options }: { table: Table; options: LearnOptions }): Promise<Learned> =>
    learnTable(table, options),
  keep: async ({ id, model }: { id: string; model: TableModel }): Promise<void> => {
    models.set(id, model)
  },
  forget: async ({ id }: { id: string }): Promise<void> => {
    models.delete(id)
  },
  look: async ({ model: id, table, own, reasonsFrom }: Stretch): Promise<Seen> => {
    const model = models.get(id)
    if (model === undefined)
      throw fail('MODELS_FAILED', { reason: `the thread does not know the model ${id}` })
    return look(model, table, own, reasonsFrom)
  },
} satisfies Tasks
