// How the tests run: two files at a time; those that start processes, load browsers or backends each in a process of
// their own and first, as they take longest, all others one after the other in the same two processes.

import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

/** Files that must not share a process with others. */
const alone = [
  'tests/e2e/**/*.test.ts',
  'tests/faults/**/*.test.ts',
  'tests/simulation/**/*.test.ts',
  'tests/**/crash*.test.ts',
  'tests/dashboard/build.test.ts',
  'tests/data/{home,kernel,log}/**/*.test.ts',
  'tests/ingest/**/*.test.ts',
  'tests/models/**/*.test.ts',
  'tests/orchestrator/{backup,cli,cluster,http-keys,launcher,markets,serve,sql,transfer}.test.ts',
  'tests/orchestrator/{bench,closed-loop,learning,projection}/**/*.test.ts',
  'tests/orchestrator/network/verbs-network.test.ts',
  'tests/tidy.test.ts',
]

export default defineConfig({
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    maxWorkers: 2,
    // Processes that tests start find compiled code of those before them, as users' starts do.
    env: { NODE_COMPILE_CACHE: join(import.meta.dirname, 'node_modules', '.cache', 'detour') },
    projects: [
      { extends: true, test: { name: 'alone', include: alone } },
      {
        extends: true,
        test: { name: 'shared', include: ['tests/**/*.test.ts'], exclude: alone, isolate: false },
      },
    ],
  },
})
