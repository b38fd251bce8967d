// Projects a log into a warehouse file and says so; its parent kills it on the way.

import { join } from 'node:path'
import { openSqliteLog } from '#data/log'
import { effects, newWarehouse, project } from './place.ts'

const folder = process.argv[2] ?? ''
const log = await openSqliteLog(join(folder, 'log.sqlite'), effects)
const warehouse = await newWarehouse(join(folder, 'warehouse.duckdb'))
console.log('open')
await project(log, warehouse)
console.log('done')
await warehouse.close()
await log.close()
