// Models as files: each net in TensorFlow.js's own format (`<net>.json` and `<net>.bin`, readable by
// tf.loadLayersModel), further numbers in `numbers.bin`, and a manifest with sizes and SHA-256 of every file that is
// written last. It never overwrites a folder that was finished and knows no tensors.

import { createHash } from 'node:crypto'
import { mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { fail, reasonOf } from '#data/kernel'
import { type ListType, listTypes, type NumberList, typeOf } from './lists.ts'
import { type NetShape, type NetState, weightCount } from './net.ts'

/** A trained model as plain values: what is kept of it, and what is sent between threads. */
export interface Bundle {
  /** Which program understands it, `table` or `orders`. */
  kind: string
  /** Of the layout that this program writes; another number is another format. */
  format: number
  /** Whatever else it has to know; JSON. */
  meta: unknown
  /** By name: letters, digits, `-`. */
  nets: Record<string, NetState>
  /** Long lists of numbers by name: reference rows, residuals. */
  numbers: Record<string, NumberList>
}

interface Manifest {
  /** Of this file. */
  manifest: 1
  kind: string
  format: number
  meta: unknown
  /** The lists in `numbers.bin`, in their order. */
  numbers: [name: string, length: number, type: ListType][]
  nets: string[]
  files: { name: string; bytes: number; sha256: string }[]
}

const manifestName = 'manifest.json'
/** No manifest is longer, bytes. */
const manifestAtMost = 64 * 2 ** 20

/**
 * Writes a model into a new folder; it is there as a whole or not at all.
 * @param folder must not exist
 * @returns SHA-256 of the manifest, which covers every file
 * @throws Error where the disk refuses
 */
export async function saveBundle(folder: string, bundle: Bundle): Promise<string> {
  const draft = join(dirname(folder), `.${basename(folder)}.new`)
  await rm(draft, { recursive: true, force: true })
  await mkdir(draft, { recursive: true })
  const files: Manifest['files'] = []
  const write = async (name: string, content: Buffer): Promise<void> => {
    await writeDurably(join(draft, name), content)
    files.push({ name, bytes: content.length, sha256: digestOf(content) })
  }
  for (const [name, net] of Object.entries(bundle.nets)) {
    await write(`${name}.json`, Buffer.from(`${JSON.stringify(topologyOf(name, net))}\n`))
    await write(`${name}.bin`, bytesOf(net.weights))
  }
  const lists = Object.entries(bundle.numbers)
  await write('numbers.bin', Buffer.concat(lists.map(([, list]) => bytesOf(list))))
  const manifest: Manifest = {
    manifest: 1,
    kind: bundle.kind,
    format: bundle.format,
    meta: bundle.meta,
    numbers: lists.map(([name, list]) => [name, list.length, typeOf(list)]),
    nets: Object.keys(bundle.nets),
    files,
  }
  const text = Buffer.from(`${JSON.stringify(manifest)}\n`)
  await writeDurably(join(draft, manifestName), text)
  await rename(draft, folder)
  return digestOf(text)
}

/**
 * Reads a model and checks every byte of it.
 * @param wanted what the reader understands
 * @throws MODELS_FILE_DAMAGED where a file is missing or is not what was written; MODELS_FILE_FOREIGN where it is of
 *   another kind or format
 */
export async function loadBundle(
  folder: string,
  wanted: { kind: string; format: number },
): Promise<{ bundle: Bundle; sha256: string }> {
  const damaged = (reason: string, cause?: unknown) =>
    fail('MODELS_FILE_DAMAGED', { folder: basename(folder), reason }, { cause })
  const read = (name: string): Promise<Buffer> =>
    readFile(join(folder, name)).catch((error: unknown) => {
      throw damaged(`${name} cannot be read`, error)
    })
  const text = await read(manifestName)
  const manifest = manifestOf(text)
  if (manifest === null) throw damaged('its manifest is not readable')
  const { kind, format } = manifest
  if (manifest.manifest !== 1 || kind !== wanted.kind || format !== wanted.format) {
    const found = `${kind} ${format}`
    throw fail('MODELS_FILE_FOREIGN', {
      folder: basename(folder),
      found,
      wanted: `${wanted.kind} ${wanted.format}`,
    })
  }
  const contents = new Map<string, Buffer>()
  for (const { name, bytes, sha256 } of manifest.files) {
    if (basename(name) !== name) throw damaged('its manifest names a file elsewhere')
    const content = await read(name)
    if (content.length !== bytes || digestOf(content) !== sha256) throw damaged(`${name} was changed`)
    contents.set(name, content)
  }
  try {
    const bundle = {
      kind,
      format,
      meta: manifest.meta,
      nets: netsOf(manifest.nets, contents),
      numbers: numbersOf(manifest.numbers, contents),
    }
    return { bundle, sha256: digestOf(text) }
  } catch (error) {
    throw damaged(reasonOf(error), error)
  }
}

/**
 * What the manifest of a folder says, its files unread.
 * @throws Error where there is none; the answer is null where it is not readable
 */
export async function readManifest(
  folder: string,
): Promise<{ kind: string; format: number; meta: unknown } | null> {
  return manifestOf(await readFile(join(folder, manifestName)))
}

function manifestOf(text: Buffer): Manifest | null {
  if (text.length > manifestAtMost) return null
  try {
    const read = JSON.parse(text.toString('utf8')) as Partial<Manifest> | null
    const isWhole =
      typeof read === 'object' && read !== null && [read.files, read.nets, read.numbers].every(Array.isArray)
    return isWhole ? (read as Manifest) : null
  } catch {
    return null
  }
}

function netsOf(names: readonly string[], contents: Map<string, Buffer>): Record<string, NetState> {
  return Object.fromEntries(
    names.map((name) => {
      const shape = shapeOf(JSON.parse((contents.get(`${name}.json`) ?? '').toString()) as Topology)
      const weights = floatsOf(contents.get(`${name}.bin`) ?? Buffer.alloc(0))
      if (weightCount(shape.layers) !== weights.length) throw new Error(`${name}.bin does not fit its layers`)
      return [name, { ...shape, weights }]
    }),
  )
}

function numbersOf(lists: Manifest['numbers'], contents: Map<string, Buffer>): Record<string, NumberList> {
  const all = contents.get('numbers.bin') ?? Buffer.alloc(0)
  let at = 0
  return Object.fromEntries(
    lists.map(([name, length, type]) => {
      const from = at
      at += length * listTypes[type].BYTES_PER_ELEMENT
      if (at > all.length) throw new Error('numbers.bin is too short')
      return [
        name,
        new listTypes[type](all.buffer.slice(all.byteOffset + from, all.byteOffset + at) as ArrayBuffer),
      ]
    }),
  )
}

interface Layer {
  class_name: 'Dense'
  config: { name: string; units: number; activation: string; use_bias: true; batch_input_shape?: number[] }
}

/** What TensorFlow.js calls model.json. */
interface Topology {
  format: 'layers-model'
  generatedBy: string
  convertedBy: null
  modelTopology: { class_name: 'Sequential'; config: { name: string; layers: Layer[] } }
  weightsManifest: { paths: string[]; weights: { name: string; shape: number[]; dtype: 'float32' }[] }[]
}

function topologyOf(name: string, { layers, hidden, output }: NetShape): Topology {
  const dense = layers.slice(1).map((units, i): Layer => {
    const activation = i + 2 < layers.length ? hidden : output
    const first = i === 0 ? { batch_input_shape: [null as unknown as number, layers[0] as number] } : {}
    return {
      class_name: 'Dense',
      config: { name: `${name}-${i + 1}`, units, activation, use_bias: true, ...first },
    }
  })
  const weights = layers.slice(1).flatMap((units, i) => [
    { name: `${name}-${i + 1}/kernel`, shape: [layers[i] as number, units], dtype: 'float32' as const },
    { name: `${name}-${i + 1}/bias`, shape: [units], dtype: 'float32' as const },
  ])
  return {
    format: 'layers-model',
    generatedBy: 'Detour',
    convertedBy: null,
    modelTopology: { class_name: 'Sequential', config: { name, layers: dense } },
    weightsManifest: [{ paths: [`${name}.bin`], weights }],
  }
}

function shapeOf({ modelTopology, weightsManifest }: Topology): NetShape {
  const activations = modelTopology.config.layers.map(({ config }) => config.activation)
  const kernels = (weightsManifest[0]?.weights ?? []).filter(({ shape }) => shape.length === 2)
  const hidden = activations.length > 1 ? activations[0] : 'relu'
  return {
    layers: [kernels[0]?.shape[0] as number, ...kernels.map(({ shape }) => shape[1] as number)],
    hidden: hidden as NetShape['hidden'],
    output: activations.at(-1) as NetShape['output'],
  }
}

async function writeDurably(path: string, content: Buffer): Promise<void> {
  await writeFile(path, content)
  const file = await open(path)
  await file.sync()
  await file.close()
}

const digestOf = (content: Buffer): string => createHash('sha256').update(content).digest('hex')

const bytesOf = ({ buffer, byteOffset, byteLength }: NumberList): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength)

function floatsOf(bytes: Buffer): Float32Array {
  if (bytes.length % 4 !== 0) throw new Error('a list of numbers ends in the middle of one')
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length))
}
