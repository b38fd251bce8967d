// `detour key`: makes, lists and revokes the keys that programs and people elsewhere need. A key is shown once, when
// it is made.

import { Type } from 'typebox'
import { fail } from '#data/kernel'
import { openVault, type Vault } from '#data/vault'
import { showInstant, showNumber, showTable } from './table.ts'
import { defineVerb, type VerbContext } from './verb.ts'

const closed = { additionalProperties: false }
const role = Type.Unsafe<'admin' | 'operator' | 'reader'>({
  type: 'string',
  enum: ['admin', 'operator', 'reader'],
  description: 'a reader looks, an operator also acts, an admin also changes receivers',
})

/** Makes a key. */
export const keyCreateVerb = defineVerb({
  name: 'key-create',
  schema: Type.Object(
    {
      role,
      name: Type.Optional(Type.String({ minLength: 1, maxLength: 100, description: 'whose key it is' })),
    },
    closed,
  ),
  isExclusive: false,
  run: async (args, context) => {
    const name = args.name ?? args.role
    const made = await inVault(context, (vault) => vault.createKey({ name, role: args.role }))
    return { ...made, name, role: args.role }
  },
  show: ({ keyId, key, name, role: may }) =>
    [
      `Key ${keyId} of "${name}" with the role ${may}, shown this once:`,
      `  ${key}`,
      'Send it as "Authorization: Bearer <key>". Take it back with "detour key revoke".',
    ].join('\n'),
})

/** Lists keys, without the keys themselves. */
export const keyListVerb = defineVerb({
  name: 'key-list',
  schema: Type.Object({}, closed),
  isExclusive: false,
  run: async (_args, context) => {
    const keys = await inVault(context, (vault) => vault.listKeys())
    return {
      keys: keys.map((each) => ({
        ...each,
        createdAt: new Date(each.createdAt).toISOString(),
        revokedAt: each.revokedAt === null ? null : new Date(each.revokedAt).toISOString(),
      })),
    }
  },
  show: ({ keys }) => {
    if (keys.length === 0) return 'There is no key yet: "detour key create --role admin" makes one.'
    const rows = keys.map((key) => [
      key.keyId,
      key.name,
      key.role,
      `${key.hint}...`,
      showInstant(key.createdAt),
      key.revokedAt === null ? '' : showInstant(key.revokedAt),
    ])
    return [
      showTable(['id', 'name', 'role', 'begins', 'made', 'revoked'], rows),
      showNumber(keys.length, 'key'),
    ].join('\n')
  },
})

/** Takes a key back. */
export const keyRevokeVerb = defineVerb({
  name: 'key-revoke',
  schema: Type.Object({ keyId: Type.String({ minLength: 1, maxLength: 200 }) }, closed),
  isExclusive: false,
  run: async ({ keyId }, context) => {
    if (!(await inVault(context, (vault) => vault.revokeKey(keyId)))) throw fail('KEY_UNKNOWN', { keyId })
    return { keyId }
  },
  show: ({ keyId }) => `Key ${keyId} no longer opens anything.`,
})

async function inVault<R>({ paths, effects }: VerbContext, work: (vault: Vault) => Promise<R>): Promise<R> {
  const vault = await openVault(paths, effects)
  try {
    return await work(vault)
  } finally {
    await vault.close()
  }
}
