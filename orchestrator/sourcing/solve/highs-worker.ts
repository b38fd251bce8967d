// The thread of HiGHS: it solves one model after the other and keeps nothing between them. It knows no orders.

import { parentPort } from 'node:worker_threads'
import imported, { type Highs, type Model } from 'highs'
import { reasonOf } from '#data/kernel'
import type { HighsAnswer, HighsLimits, HighsModel, HighsReply, HighsRequest } from './highs-protocol.ts'

// its types tell of a CommonJS module, its ES module has the function itself
const loadHighs = imported as unknown as typeof imported.default
const loading = loadHighs()

async function answerOf({ model, limits }: HighsRequest): Promise<HighsAnswer> {
  const highs = await loading
  return highs.withModel(dataOf(highs, model), (native) => solve(highs, native, model, limits))
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
      ? { integrality: new Int32Array(columns).fill(highs.constants.variableType.integer) }
      : {}),
  }
}

function solve(highs: Highs, native: Model, model: HighsModel, limits: HighsLimits): HighsAnswer {
  native.options.set({
    output_flag: false,
    time_limit: Math.max(0.01, limits.timeLimit),
    mip_rel_gap: limits.gap,
    mip_abs_gap: 0,
    random_seed: limits.seed,
    ...(limits.branches === undefined ? {} : { mip_max_nodes: limits.branches }),
    ...(limits.isInterior === true ? { solver: 'ipm', run_crossover: 'off' } : {}),
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
