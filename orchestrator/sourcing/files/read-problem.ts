// Reads a whole problem: a folder with the network, its stock and products, a file of orders, a strategy. It solves
// nothing.

import { readdir } from 'node:fs/promises'
import { basename, extname, join } from 'node:path'
import { Value } from 'typebox/value'
import { parse } from 'yaml'
import { api } from '#data/contracts'
import { fail, reasonOf } from '#data/kernel'
import { emptyNetwork } from '#orchestrator/core'
import { readNetworkFiles, tableNamed } from '../documents/read-files.ts'
import { bareDraft } from './bare-draft.ts'
import { wrongIn } from './checked-rows.ts'
import { ordersOfJson, ordersOfSheet } from './orders-file.ts'
import type { FileOrder, SourcingFiles } from './problem-files.ts'
import { refuse } from './refuse.ts'
import { readSheet, readText } from './sheets.ts'
import { productsOfSheet, stockOfSheet } from './stock-file.ts'

const stockFile = 'stock.csv'
const productFile = 'products.csv'

/**
 * A problem from files; see FILES.md for their format.
 * @param strategy null = only what is really paid counts, and as much as possible is served
 * @throws SOURCING_FILE_INVALID
 */
export async function readProblem(
  networkFolder: string,
  ordersFile: string,
  strategy: string | null,
): Promise<SourcingFiles> {
  const names = await csvNames(networkFolder)
  const known = new Set([stockFile, productFile])
  const texts: Record<string, string> = {}
  for (const name of names) {
    if (tableNamed(name) !== undefined) texts[name] = await readText(join(networkFolder, name))
    else if (!known.has(name.toLowerCase()))
      throw fail('SOURCING_FILE_INVALID', { file: name, row: null, reason: 'it is no file of this format' })
  }
  const { put, faults, faultCount } = readNetworkFiles(texts)
  refuse({ named: [...faults], count: faultCount })
  const sheet = (file: string) => {
    const name = names.find((each) => each.toLowerCase() === file)
    return name === undefined ? null : readSheet(join(networkFolder, name))
  }
  const [stock, products] = [await sheet(stockFile), await sheet(productFile)]
  const nodes = new Set((put.nodes ?? []).map(({ nodeId }) => nodeId))
  return {
    network: { ...emptyNetwork, ...put },
    stock: stock === null ? null : stockOfSheet(stock, nodes),
    products: products === null ? [] : productsOfSheet(products),
    orders: await readOrders(ordersFile),
    strategy: strategy === null ? servingDraft() : await readStrategy(strategy),
  }
}

async function csvNames(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => extname(name).toLowerCase() === '.csv').sort()
  } catch (error) {
    throw fail(
      'SOURCING_FILE_INVALID',
      { file: folder, row: null, reason: reasonOf(error) },
      { cause: error },
    )
  }
}

async function readOrders(file: string): Promise<FileOrder[]> {
  if (extname(file).toLowerCase() !== '.json') return ordersOfSheet(await readSheet(file))
  return ordersOfJson(basename(file), document(file, await readText(file), JSON.parse))
}

/** What the network says of nodes holds. */
const held = ['calendar', 'capacity', 'safety_stock'] as const

/** What is left without a node costs more than anything: 100,000 in the currency for each unit. */
function servingDraft(): api.StrategyDraft {
  const draft = bareDraft('files', 'As much as possible, then as cheaply as possible')
  return {
    ...draft,
    prices: { ...draft.prices, unservedCents: 10_000_000 },
    constraints: held.map((name) => ({ name, kind: 'hard', limit: null, priceCents: 0, values: [] })),
  }
}

/** A strategy of a YAML or JSON file; what it leaves out is as in the strategy without a file. */
async function readStrategy(file: string): Promise<api.StrategyDraft> {
  const given = document(file, await readText(file), parse)
  const refused = (reason: string) =>
    fail('SOURCING_FILE_INVALID', { file: basename(file), row: null, reason })
  if (typeof given !== 'object' || given === null || Array.isArray(given)) throw refused('it is no strategy')
  const usual = servingDraft()
  const { prices, weights, constraints, ...rest } = given as Record<string, object | undefined>
  const draft: unknown = {
    ...usual,
    ...rest,
    prices: { ...usual.prices, ...prices },
    weights: { ...usual.weights, ...weights },
    constraints: constraints === undefined ? usual.constraints : filledIn(constraints),
  }
  if (Value.Check(api.strategyDraft, draft)) return draft
  const [field, reason] = wrongIn(api.strategyDraft, draft)
  throw refused(field === null ? reason : `${field} ${reason}`)
}

/** A constraint may leave out what it has no use for. */
function filledIn(constraints: unknown): unknown {
  if (!Array.isArray(constraints)) return constraints
  const none = { limit: null, priceCents: 0, values: [] }
  return constraints.map((one) => (typeof one === 'object' && one !== null ? { ...none, ...one } : one))
}

function document(file: string, text: string, read: (text: string) => unknown): unknown {
  try {
    return read(text)
  } catch (error) {
    throw fail('SOURCING_FILE_INVALID', { file: basename(file), row: null, reason: reasonOf(error) })
  }
}
