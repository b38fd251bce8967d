// The thread of HiGHS: it solves one model after the other and keeps nothing between them. It knows no orders.

import { parentPort } from 'node:worker_threads'
import imported, { type Highs, type Model } from 'highs'
import { reasonOf } from '#data/kernel'
import type {
  HighsAnswer,
  HighsGrowth,
  HighsInverse,
  HighsLimits,
  HighsModel,
  HighsReply,
  HighsRequest,
} from './highs-protocol.ts'

// its types tell of a CommonJS module, its ES module has the function itself
const loadHighs = imported as unknown as typeof imported.default
const loading = loadHighs()

/** Shares nearer than this to a whole number tell no cut. */
const wholeEnough = 0.02
/** As HiGHS numbers them. */
const dualSimplex = 1
const primalSimplex = 4

/** The model that was kept open. */
let kept: Model | null = null

async function answerOf({ model, limits }: HighsRequest): Promise<HighsAnswer> {
  const highs = await loading
  if (!('columns' in model)) return grown(highs, model, limits)
  kept?.dispose()
  kept = null
  if (limits.isKept !== true)
    return highs.withModel(dataOf(highs, model), (native) => solve(highs, native, model, limits))
  kept = highs.createModel(dataOf(highs, model))
  return solve(highs, kept, model, limits)
}

function grown(highs: Highs, growth: HighsGrowth, limits: HighsLimits): HighsAnswer {
  if (kept === null) throw new Error('no model is open')
  const { numRows, numCols } = kept.getDimensions()
  const columns = growth.cost.length
  if (columns > 0) {
    kept.addCols({
      cost: growth.cost,
      lower: new Float64Array(columns),
      upper: new Float64Array(columns).fill(Number.POSITIVE_INFINITY),
      matrix: { format: 'csc', numRows, numCols: columns, ...packed(growth) },
    })
  }
  const rows = growth.rowUpper.length
  if (rows > 0) {
    kept.addRows({
      lower: new Float64Array(rows).fill(Number.NEGATIVE_INFINITY),
      upper: growth.rowUpper,
      matrix: {
        ...{ format: 'csr', numRows: rows, numCols: numCols + columns },
        ...{
          starts: growth.rowStarts,
          indices: growth.rowIndices,
          values: growth.rowValues,
        },
      },
    })
  }
  // new columns leave the solution possible, new rows its prices: the simplex method goes on from there
  kept.options.set({
    simplex_strategy: rows > 0 ? dualSimplex : primalSimplex,
  })
  return solve(highs, kept, { isWhole: false }, limits)
}

function packed({ starts, indices, values }: Pick<HighsGrowth, 'starts' | 'indices' | 'values'>) {
  return { starts, indices, values }
}

function dataOf(highs: Highs, model: HighsModel) {
  const { columns, rows } = model
  return {
    numCols: columns,
    numRows: rows,
    colCost: model.cost,
    colLower: new Float64Array(columns),
    colUpper: model.upper,
    rowLower: model.rowLower,
    rowUpper: model.rowUpper,
    matrix: {
      format: 'csc' as const,
      numRows: rows,
      numCols: columns,
      starts: model.starts,
      indices: model.indices,
      values: model.values,
    },
    ...(model.isWhole
      ? {
          integrality: new Int32Array(columns).fill(highs.constants.variableType.integer),
        }
      : {}),
  }
}

function solve(
  highs: Highs,
  native: Model,
  model: Pick<HighsModel, 'isWhole' | 'start'>,
  limits: HighsLimits,
): HighsAnswer {
  native.options.set({
    output_flag: false,
    // its clock goes on from one run of a kept model to the next
    time_limit: native.getRunTime() + Math.max(0.01, limits.timeLimit),
    mip_rel_gap: limits.gap,
    mip_abs_gap: 0,
    random_seed: limits.seed,
    ...(limits.branches === undefined ? {} : { mip_max_nodes: limits.branches }),
  })
  if (model.start !== undefined) native.setSolution({ colValue: model.start })
  const { modelStatus } = native.run()
  const { constants } = highs
  const hasValues = native.info.get('primal_solution_status') === 2
  const isOptimal = modelStatus === constants.modelStatus.optimal
  const solution = hasValues ? native.getSolution() : null
  const isLinear = !model.isWhole
  return {
    status: isOptimal
      ? 'optimal'
      : modelStatus === constants.modelStatus.infeasible
        ? 'infeasible'
        : 'stopped',
    values: solution?.colValue ?? null,
    bound: boundOf(native, isLinear, isOptimal),
    rowDual: isLinear && isOptimal ? (solution?.rowDual ?? null) : null,
    inverse:
      limits.wantsInverse === true && isOptimal && solution !== null
        ? inverseOf(native, solution.colValue)
        : null,
  }
}

/** Rows of the inverse for columns that are in the basis and not whole. */
function inverseOf(native: Model, values: Float64Array): HighsInverse {
  const starts = [0]
  const indices: number[] = []
  const weights: number[] = []
  for (const [at, column] of native.getBasicVariables().entries()) {
    if (column < 0) continue
    const share = values[column] as number
    if (Math.abs(share - Math.round(share)) < wholeEnough) continue
    const row = native.getBasisInverseRow(at, true)
    const places = row.nonzeroIndices ?? row.values.keys()
    for (const r of places) {
      const weight = row.values[r] as number
      if (Math.abs(weight) < 1e-9) continue
      indices.push(r)
      weights.push(weight)
    }
    starts.push(indices.length)
  }
  return {
    starts: Int32Array.from(starts),
    indices: Int32Array.from(indices),
    values: Float64Array.from(weights),
  }
}

function boundOf(native: Model, isLinear: boolean, isOptimal: boolean): number {
  if (isLinear) return isOptimal ? native.getObjectiveValue() : Number.NEGATIVE_INFINITY
  return Number(native.info.get('mip_dual_bound'))
}

parentPort?.on('message', (request: HighsRequest) => {
  answerOf(request).then(
    (answer) => send({ id: request.id, answer }),
    (error) => send({ id: request.id, reason: reasonOf(error) }),
  )
})

function send(reply: HighsReply): void {
  parentPort?.postMessage(reply)
}
