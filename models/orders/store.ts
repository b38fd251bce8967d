// Models as files: `<market>/<version>.json` and `.bin` beside it, and `current` that names the version in use.
// It never changes a version that was written.

import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ModelMeta, StoredModel } from './protocol.ts'

/** Versions kept of each market. */
const versionsKept = 5

/** Folder name of a market: readable, and different for different names. */
function folderOf(market: string): string {
  const hash = createHash('sha256').update(market).digest('hex').slice(0, 8)
  return `${market
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 40)}-${hash}`
}

/** Writes a model and makes it the current one; nothing is half written under its final name. */
export async function saveModel(folder: string, model: StoredModel): Promise<void> {
  const home = join(folder, folderOf(model.meta.market))
  await mkdir(home, { recursive: true })
  const { version } = model.meta
  const { weights } = model
  await place(
    join(home, `${version}.bin`),
    Buffer.from(weights.buffer, weights.byteOffset, weights.byteLength),
  )
  await place(join(home, `${version}.json`), `${JSON.stringify(model.meta)}\n`)
  await place(join(home, 'current'), `${version}\n`)
  await forgetOld(home, version)
}

async function place(path: string, content: string | Buffer): Promise<void> {
  await writeFile(`${path}.new`, content)
  await rename(`${path}.new`, path)
}

async function forgetOld(home: string, current: string): Promise<void> {
  const versions = (await readdir(home)).filter((name) => name.endsWith('.json')).sort()
  for (const name of versions.slice(0, -versionsKept)) {
    const version = name.slice(0, -'.json'.length)
    if (version === current) continue
    await rm(join(home, name), { force: true })
    await rm(join(home, `${version}.bin`), { force: true })
  }
}

/**
 * The current model of every market in the folder.
 * @param onDamaged told of a model that cannot be read; it is left out
 */
export async function loadModels(
  folder: string,
  onDamaged: (market: string, error: unknown) => void,
): Promise<StoredModel[]> {
  const found: StoredModel[] = []
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue
    try {
      found.push(await loadModel(join(folder, entry.name)))
    } catch (error) {
      onDamaged(entry.name, error)
    }
  }
  return found
}

async function loadModel(home: string): Promise<StoredModel> {
  const version = (await readFile(join(home, 'current'), 'utf8')).trim()
  if (!/^[\w.-]+$/.test(version)) throw new Error('the name of the version is not usable')
  const meta = JSON.parse(await readFile(join(home, `${version}.json`), 'utf8')) as ModelMeta
  const bytes = await readFile(join(home, `${version}.bin`))
  const weights = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength))
  const count = meta.layers
    .slice(1)
    .reduce((sum, columns, i) => sum + columns * (1 + (meta.layers[i] as number)), 0)
  if (meta.format !== 1 || weights.length !== count) throw new Error('it is not a model of this version')
  return { meta, weights }
}
