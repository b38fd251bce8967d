// Versions on disk: `<market>/<model>/<version>/` as the runtime writes them, and `uses.json` with the versions that
// were in use, oldest first. It decides nothing.

import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fail } from '#data/kernel'
import { type Bundle, loadBundle, readManifest, saveBundle } from '../runtime/index.ts'
import type { Card, ModelRef } from './card.ts'

/** A bundle whose meta begins with the card of its version. */
export interface Shelved extends Bundle {
  meta: { card: Card; own: unknown }
}

/** A version that was found; its card is null where its manifest cannot be read. */
export interface Found extends ModelRef {
  version: string
  card: Card | null
}

const nameShape = /^[a-z0-9][a-z0-9_-]{0,62}$/i

/** Names that are safe in a path. */
function folderOf(name: string): string {
  return encodeURIComponent(name).replaceAll('.', '%2E')
}

/** Where the versions of a model lie. */
export function homeOf(root: string, { market, model }: ModelRef): string {
  return join(root, folderOf(market), folderOf(model))
}

/** Everything on the shelf; what is no version is passed over. */
export async function findAll(root: string): Promise<Found[]> {
  const found: Found[] = []
  for (const market of await foldersIn(root)) {
    for (const model of await foldersIn(join(root, market))) {
      for (const version of await foldersIn(join(root, market, model))) {
        if (!nameShape.test(version)) continue
        const manifest = await readManifest(join(root, market, model, version)).catch(() => null)
        const ref = { market: decodeURIComponent(market), model: decodeURIComponent(model) }
        found.push({ ...ref, version, card: cardIn(manifest?.meta) })
      }
    }
  }
  return found
}

function cardIn(meta: unknown): Card | null {
  const card = typeof meta === 'object' && meta !== null && 'card' in meta ? (meta.card as Card) : null
  return typeof card?.version === 'string' && typeof card.fingerprint === 'string' ? card : null
}

async function foldersIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  return entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(({ name }) => name)
    .sort()
}

/** Writes a version; there must be none of its name. */
export async function put(root: string, bundle: Shelved): Promise<void> {
  const { card } = bundle.meta
  const home = homeOf(root, card)
  await mkdir(home, { recursive: true })
  await saveBundle(join(home, card.version), bundle)
}

/** A version, every byte of it checked. @throws MODELS_FILE_DAMAGED, MODELS_FILE_FOREIGN */
export async function take(
  root: string,
  ref: ModelRef,
  version: string,
  wanted: { kind: string; format: number },
): Promise<Shelved> {
  const folder = join(homeOf(root, ref), version)
  const { bundle } = await loadBundle(folder, wanted)
  if (cardIn(bundle.meta) === null) {
    throw fail('MODELS_FILE_FOREIGN', { folder: version, found: 'no registry', wanted: wanted.kind })
  }
  return bundle as Shelved
}

/** Takes a version away. */
export async function drop(root: string, ref: ModelRef, version: string): Promise<void> {
  await rm(join(homeOf(root, ref), version), { recursive: true, force: true })
}

/** Takes a model away with all its versions. */
export async function dropAll(root: string, ref: ModelRef): Promise<void> {
  await rm(homeOf(root, ref), { recursive: true, force: true })
}

/** The versions that were put in use, oldest first; empty where that cannot be read. */
export async function readUses(root: string, ref: ModelRef): Promise<string[]> {
  try {
    const read: unknown = JSON.parse(await readFile(join(homeOf(root, ref), 'uses.json'), 'utf8'))
    return Array.isArray(read) ? read.filter((each) => typeof each === 'string') : []
  } catch {
    return []
  }
}

/** Writes the versions that were put in use. */
export async function writeUses(root: string, ref: ModelRef, uses: readonly string[]): Promise<void> {
  const path = join(homeOf(root, ref), 'uses.json')
  await mkdir(homeOf(root, ref), { recursive: true })
  await writeFile(`${path}.new`, `${JSON.stringify(uses)}\n`)
  await rename(`${path}.new`, path)
}
