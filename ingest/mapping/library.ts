// The mappings that come with Detour, and how a provider's name or path leads to one.

import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { fail } from '#data/kernel'
import { type Mapping, readMapping } from './read.ts'

const folder = join(import.meta.dirname, '..', 'mappings')

/** Names of the shipped mappings. */
export async function shippedMappings(): Promise<string[]> {
  const names = await readdir(folder)
  return names
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => basename(name, '.yaml'))
    .sort()
}

/**
 * The mapping of a provider: a shipped name, or the path of a mapping file.
 * @param as provider id and market that win over the file's
 * @throws INGEST_PROVIDER_UNKNOWN, INGEST_MAPPING_INVALID, INGEST_PATH_UNREADABLE
 */
export async function findMapping(
  provider: string,
  as: { provider?: string | undefined; market?: string | undefined } = {},
): Promise<Mapping> {
  const known = await shippedMappings()
  const isPath = /\.ya?ml$/i.test(provider) || (/[\\/]/.test(provider) && existsSync(provider))
  if (!isPath && !known.includes(provider)) {
    throw fail('INGEST_PROVIDER_UNKNOWN', { provider, known: known.join(', ') })
  }
  const mapping = await readMapping(isPath ? provider : join(folder, `${provider}.yaml`))
  for (const name of [as.provider, as.market]) {
    if (name !== undefined && !/^[a-z][a-z0-9_-]{0,62}$/.test(name)) {
      throw fail('CONFIG_INVALID', {
        name: `"${name}"`,
        reason: 'use a-z, 0-9, _ and -, beginning with a letter',
      })
    }
  }
  return { ...mapping, provider: as.provider ?? mapping.provider, market: as.market ?? mapping.market }
}
