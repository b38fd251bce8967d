// Door of the runtime of models inside this room: backends, nets, learning, files, threads.

export { type Backend, backends, chooseBackend } from './backend.ts'
export { type Bundle, loadBundle, readManifest, saveBundle } from './files.ts'
export { type NumberList, type Packed, pack, unpack } from './lists.ts'
export { type Loss, lossOf } from './losses.ts'
export { backendOrder, type MeasuredBackend, measureBackends } from './measure.ts'
export {
  dispose,
  type Hidden,
  type Net,
  type NetShape,
  type NetState,
  netFrom,
  newNet,
  type Output,
  predict,
  product,
  stateOf,
  type Trainable,
  weightCount,
  weightsOf,
} from './net.ts'
export { type BackendOrder, type BackendTiming, knownOrder, orderOf } from './order.ts'
export { type ProcessOptions, runInProcess } from './process.ts'
export type { TaskContext, Tasks } from './protocol.ts'
export {
  type Batch,
  lossOn,
  type Progress,
  type Rows,
  stopIf,
  type Taught,
  type TeachOptions,
  teach,
} from './teach.ts'
export { type TaskOptions, TaskThread, type ThreadOptions } from './thread.ts'
