// The long forms of the tests of faults, `npm run test:faults`: minutes, one after the other, with figures at the end.

import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: [
      'tests/faults/**/*.test.ts',
      'tests/data/log/postgres-*.test.ts',
      'tests/orchestrator/crash-live.test.ts',
      'tests/orchestrator/crash-reroute.test.ts',
      'tests/orchestrator/webhooks/crash.test.ts',
    ],
    env: { DETOUR_FAULTS: 'long' },
    testTimeout: 1_800_000,
    hookTimeout: 120_000,
    pool: 'forks',
    maxWorkers: 1,
    fileParallelism: false,
  },
})
