// The table from commands on stock to their rules. Pure.

import type { RulesOf } from '../rules.ts'
import type { StockCommands } from './commands.ts'
import * as stock from './decide-stock.ts'

/** Rules of the commands on stock. */
export const stockRules: Partial<RulesOf<StockCommands>> = {
  CountStock: (state, { data, at }) => stock.countStock(state, data, at),
  AdjustStock: (state, { data, at }) => stock.adjustStock(state, data, at),
}
