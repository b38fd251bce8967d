// Options of `detour simulate` that mean nothing together are refused, not passed over.

import { expect, test } from 'vitest'
import { detour } from '../commands.ts'

test.each([
  ['--core --days 3', '--days goes without --core'],
  ['--core --scenario none.json', '--scenario goes without --core'],
  ['--core --policy none', '--policy goes without --core'],
  ['--core --observer', '--observer goes without --core'],
  ['--core --out kept', '--out goes without --core'],
  ['--ticks 5', '--ticks goes with --core'],
  ['--seed 4 --seeds 1..2', '--seed is one seed, --seeds are several'],
])('simulate %s is refused', async (options, reason) => {
  const { code, err } = await detour(['simulate', ...options.split(' ')])
  expect(code).toBe(2)
  expect(err).toContain(reason)
})
