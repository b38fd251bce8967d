// Tasks of models in a real thread and in a real process: answers, progress, cancelling, and sudden ends.

import type { ChildProcess } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Worker } from 'node:worker_threads'
import { afterEach, describe, expect, test } from 'vitest'
import { SimulatedClock, systemClock } from '#data/kernel'
import {
  type BackendTiming,
  backendOrder,
  orderOf,
  runInProcess,
  type TaskOptions,
  TaskThread,
} from '../../../models/runtime/index.ts'

const module = new URL('./sample-tasks.ts', import.meta.url)
const settings = { module, clock: systemClock, backends: ['cpu' as const] }

type Run = <T>(task: string, input: unknown, options?: TaskOptions) => Promise<T>
let open: TaskThread | null = null
let end: () => void = () => {}
const thread = (): Run => {
  open = new TaskThread({ ...settings, onStart: (worker: Worker) => (end = () => void worker.terminate()) })
  const started = open
  return (task, input, options) => started.run(task, input, options)
}
const fresh = (): Run => (task, input, options) =>
  runInProcess(task, input, {
    ...settings,
    ...options,
    onStart: (child: ChildProcess) => (end = () => void child.kill('SIGKILL')),
  })
afterEach(async () => {
  await open?.close()
  open = null
})

describe.each([
  ['a thread', thread],
  ['a process', fresh],
] as const)('%s', (_, start) => {
  test('answers, also with typed arrays, and fails with the code of the task', async () => {
    const run = start()
    expect(await run('add', { a: 1, b: 2 })).toEqual({ sum: 3, backend: 'cpu' })
    expect(await run('double', Float32Array.of(1, 2))).toEqual(Float32Array.of(2, 4))
    await expect(run('refuse', null)).rejects.toMatchObject({
      code: 'MODELS_VERSION_UNKNOWN',
      details: { model: 'm', version: 'v' },
    })
    await expect(run('break', null)).rejects.toMatchObject({
      code: 'MODELS_FAILED',
      details: { reason: 'broken' },
    })
    await expect(run('toString', null)).rejects.toMatchObject({ code: 'MODELS_FAILED' })
  })

  test('tells how far it is and stops when it is told to', async () => {
    const controller = new AbortController()
    const steps: number[] = []
    const onProgress = (step: number) => {
      steps.push(step)
      if (step === 3) controller.abort()
    }
    const work = start()('wait', null, { signal: controller.signal, onProgress })
    await expect(work).rejects.toMatchObject({ code: 'MODELS_CANCELED' })
    expect(steps.slice(0, 4)).toEqual([0, 1, 2, 3])
    await expect(start()('wait', null, { signal: controller.signal })).rejects.toMatchObject({
      code: 'MODELS_CANCELED',
    })
  })

  test('that is ended in the middle fails what was asked, and the next task works', async () => {
    const run = start()
    const killed = run('wait', null, { onProgress: () => end() })
    await expect(killed).rejects.toMatchObject({ code: 'MODELS_WORKER_DIED', retryable: true })
    expect(await run('add', { a: 2, b: 2 })).toMatchObject({ sum: 4 })
    await expect(run('exit', null)).rejects.toMatchObject({ code: 'MODELS_WORKER_DIED' })
  })
})

describe('backends', () => {
  test('are measured once, and the fastest is tried first', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'detour-backends-'))
    try {
      const order = await backendOrder(folder, systemClock)
      expect(order.learn.toSorted()).toEqual(['cpu', 'tfjs-node', 'wasm'])
      const kept = JSON.parse(await readFile(join(folder, 'backends.json'), 'utf8')) as {
        machine: string
        timings: BackendTiming[]
      }
      expect(kept.timings.map(({ backend }) => backend)).toEqual(expect.arrayContaining(['wasm', 'cpu']))
      expect(orderOf(kept.timings)).toEqual(order)
      const timings = [
        { backend: 'cpu' as const, learnMs: 1, askMs: 5 },
        { backend: 'wasm' as const, learnMs: 2, askMs: 3 },
      ]
      await writeFile(join(folder, 'backends.json'), JSON.stringify({ ...kept, timings }))
      const known = await backendOrder(folder, systemClock)
      expect(known).toEqual({ learn: ['cpu', 'wasm', 'tfjs-node'], ask: ['wasm', 'cpu', 'tfjs-node'] })
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })
})

describe('limits', () => {
  test('a task that takes too long is ended', async () => {
    const clock = new SimulatedClock(0)
    const late = { code: 'MODELS_WORKER_DIED', details: { reason: 'no answer within 2 s' } }
    const onProgress = () => void clock.advance(2_000)
    open = new TaskThread({ ...settings, clock })
    await expect(open.run('deaf', null, { limitMs: 2_000, onProgress })).rejects.toMatchObject(late)
    const options = { ...settings, clock, limitMs: 2_000, onProgress }
    await expect(runInProcess('deaf', null, options)).rejects.toMatchObject(late)
  })

  test('a task that does not hear that it is canceled is ended, and a closed thread takes none', async () => {
    const clock = new SimulatedClock(0)
    const controller = new AbortController()
    const onProgress = () => {
      controller.abort()
      void clock.advance(10_000)
    }
    const work = runInProcess('deaf', null, { ...settings, clock, signal: controller.signal, onProgress })
    await expect(work).rejects.toMatchObject({ code: 'MODELS_CANCELED' })
    open = new TaskThread(settings)
    await open.close()
    await expect(open.run('add', {})).rejects.toMatchObject({ code: 'MODELS_WORKER_DIED' })
  })
})
