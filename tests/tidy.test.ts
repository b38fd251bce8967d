// The rules of the house, executed: each message says what to do instead.

import { describe, expect, test } from 'vitest'
import { errorTable } from '#data/kernel'
import { allTables } from '#data/warehouse'
import { codeComplaints } from './tidy/codes.ts'
import { importComplaints } from './tidy/imports.ts'
import { ctesOf, modelComplaints } from './tidy/models.ts'
import { shapeComplaints } from './tidy/shape.ts'
import { readSource, readSources, type Source } from './tidy/sources.ts'
import { wordComplaints } from './tidy/words.ts'

const sources = readSources()
const messages = Object.fromEntries(Object.entries(errorTable).map(([code, { message }]) => [code, message]))
const tables = allTables().map((table) => table.name)

describe('the project', () => {
  test('imports along the table of rooms, through doors and in no circle', () => {
    expect(importComplaints(sources)).toEqual([])
  })
  test('has short files, functions and lines, telling names and opening comments', () => {
    expect(shapeComplaints(sources)).toEqual([])
  })
  test('reaches the world only where it may, and does without enums, any, default exports and leftovers', () => {
    expect(wordComplaints(sources)).toEqual([])
  })
  test('uses and documents every error code, and no other', () => {
    expect(codeComplaints(sources, messages, readSource('ARCHITECTURE.md')?.text ?? null)).toEqual([])
  })
  test('has no CTE with the name of a table or model', () => {
    expect(modelComplaints(sources, tables)).toEqual([])
  })
})

const file = (path: string, text: string): Source => ({ path, text })
const words = (path: string, text: string) => wordComplaints([file(path, text)])

describe('the import rules', () => {
  const complaints = (path: string, text: string) => importComplaints([file(path, text)])

  test.each([
    ['data/kernel/a.ts', `import { x } from '#ingest'`, 'data must not import ingest'],
    ['ingest/a.ts', `import { x } from '#pipeline'`, 'ingest must not import pipeline'],
    ['models/a.ts', `const x = await import('#orchestrator/http')`, 'models must not import orchestrator'],
    ['pipeline/a.ts', `import type { X } from '#models'`, 'pipeline must not import models'],
    ['orchestrator/cli/a.ts', `export * from '../../dashboard/lib/api.ts'`, 'must not import dashboard'],
    ['ingest/a.ts', `import { x } from '../data/kernel/errors.ts'`, 'import "#data/kernel" instead'],
    ['data/log/a.ts', `import { x } from '../kernel/index.ts'`, 'import "#data/kernel" instead'],
    ['orchestrator/cli/a.ts', `import { x } from '../http/serve.ts'`, 'import "#orchestrator/http" instead'],
    ['ingest/a.ts', `import { x } from '#data/kernel/errors'`, 'is not a door; import "#data/kernel"'],
    ['dashboard/a.ts', `import { x } from '#data/contracts'`, 'write "import type"'],
    ['dashboard/A.svelte', `<script>\nimport { x } from '#data/kernel'\n</script>`, 'A.svelte:2'],
    ['ingest/a.ts', `let x: import('#pipeline').X`, 'ingest must not import pipeline'],
  ])('refuse in %s: %s', (path, text, words) => {
    expect(complaints(path, text).join()).toContain(words)
  })

  test.each([
    ['ingest/load/a.ts', `import { x } from '../files/b.ts'\nimport { y } from '#data/log'`],
    ['orchestrator/cli/a.ts', `import { x } from '#models'\nimport { y } from '#orchestrator/http'`],
    ['dashboard/A.svelte', `<script>import type { X } from '#data/contracts'; import '#lib/api.ts'</script>`],
    ['orchestrator/cli/main.ts', `await import('../../dashboard/build/handler.js')`],
    ['tests/a.test.ts', `import { x } from '../data/kernel/errors.ts'\nimport y from 'vitest'`],
    ['data/kernel/a.ts', `// import { x } from '#ingest'\nconst x = "import y from '#ingest'"`],
  ])('allow in %s: %s', (path, text) => {
    expect(complaints(path, text)).toEqual([])
  })

  test('find a circle, also one through a door', () => {
    const circle = [
      file('data/a/index.ts', `export { x } from './x.ts'`),
      file('data/a/x.ts', `import { y } from '#data/b'`),
      file('data/b/index.ts', `import { x } from '#data/a'`),
    ]
    expect(importComplaints(circle)).toEqual([
      'data/a/index.ts -> data/a/x.ts -> data/b/index.ts -> data/a/index.ts: ' +
        'a cycle; move what both need into a third file',
    ])
  })
})

describe('the rules of shape', () => {
  const complaints = (path: string, text: string) => shapeComplaints([file(path, text)]).join('\n')
  const lines = (count: number) => '// A file.\n'.repeat(count)

  test('bound files, SQL files, functions and lines, counting exactly', () => {
    expect(complaints('data/a.ts', lines(300))).toBe('')
    expect(complaints('data/a.ts', lines(301))).toContain('301 lines')
    expect(complaints('pipeline/a.sql', '-- x\n'.repeat(151))).toContain('at most 150')
    const long = (count: number) => `// x\nconst f = () => {\n${'  1\n'.repeat(count - 2)}}\n`
    expect(complaints('data/a.ts', long(70))).toBe('')
    expect(complaints('data/a.ts', long(71))).toContain('data/a.ts:2: a function of 71 lines')
    expect(complaints('tests/a.test.ts', `// x\ndescribe('x', () => {\n${'  1\n'.repeat(90)}})\n`)).toBe('')
    expect(complaints('data/a.ts', `// ${'x'.repeat(117)}`)).toBe('')
    expect(complaints('data/a.ts', `// ${'x'.repeat(118)}`)).toContain('121 characters')
  })

  test('refuse names that say nothing and files without an opening comment', () => {
    for (const path of ['data/utils.ts', 'data/order-helpers.ts', 'ingest/common/a.ts', 'data/manager.ts']) {
      expect(complaints(path, '// x'), path).toContain('this name says nothing')
    }
    expect(complaints('data/commonwealth.ts', '// x')).toBe('')
    expect(complaints('data/a.ts', 'export const a = 1')).toContain('opens without a comment')
    expect(complaints('pipeline/a.sql', 'select 1')).toContain('opens without a comment')
    expect(complaints('bin/a.js', '#!/usr/bin/env node\n// x')).toBe('')
  })
})

describe('the rules of words', () => {
  test.each([
    ['Date.now()', 'effects.clock.now()'],
    ['new Date()', 'new Date(effects.clock.now())'],
    ['Math.random()', 'effects.random'],
    ['setTimeout(f, 1)', 'effects.clock.after'],
    ['process.env.HOME', 'effects.config'],
    [`globalThis.fetch('x')`, 'effects'],
    ['enum A { B }', 'union of words'],
    ['let a: any', 'unknown'],
    ['export default 1', 'by its name'],
    ['export default function f() {}', 'by its name'],
    ['// TO' + 'DO later', 'do it now'],
  ])('refuse %s', (text, advice) => {
    expect(words('ingest/a.ts', text).join()).toContain(advice)
  })

  test('let the kernel, entry files, tests and the two places of the dashboard reach the world', () => {
    const text = 'Date.now(); new Date(); Math.random(); setTimeout(f, 1); process.env.X; fetch(x)'
    const places = [
      'data/kernel/clock.ts',
      'orchestrator/cli/main.ts',
      'data/log/sqlite-worker.ts',
      'tests/a.ts',
    ]
    for (const path of [...places, 'dashboard/lib/api.ts', 'bin/detour.js']) {
      expect(words(path, text), path).toEqual([])
    }
    expect(words('dashboard/lib/other.ts', text)).toHaveLength(6)
    expect(words('data/clock.ts', 'new Date(0); clock.now(); app.fetch(1); "Date.now()"')).toEqual([])
  })
})

describe('the rules of codes and models', () => {
  test('find codes that nothing gives, that are not documented, and documented ones that are gone', () => {
    const code = [
      file('data/a/a.ts', `throw fail('LOG_USED', {})`),
      file('data/a/b.ts', `error.code === 'LOG_ONLY_COMPARED'`),
      file('tests/a.ts', `fail('LOG_ONLY_TESTED')`),
    ]
    const table = { LOG_USED: 'x', LOG_ONLY_COMPARED: 'y', LOG_ONLY_TESTED: 'z' }
    const document = 'Codes `LOG_USED`, `LOG_ONLY_TESTED`, `LOG_GONE`; the setting `DETOUR_HOME`.'
    expect(codeComplaints(code, table, document)).toEqual([
      'data/kernel/error-codes: nothing throws or returns LOG_ONLY_COMPARED; delete its row',
      'data/kernel/error-codes: nothing throws or returns LOG_ONLY_TESTED; delete its row',
      'ARCHITECTURE.md: add a line to its errors: - `LOG_ONLY_COMPARED`: y',
      'ARCHITECTURE.md: `LOG_GONE` is not in data/kernel/error-codes; delete it',
    ])
  })

  test('read the names of CTEs past comments and texts, and refuse those of tables', () => {
    const sql = `-- with hidden as (
      with recursive lines as (select ', fake as (' from x), "final" (a, b) as materialized (select 1)
      select * from lines, final`
    expect(ctesOf(sql)).toEqual(['lines', 'final'])
    const models = [
      file('pipeline/sql/marts/late.sql', 'with orders as (select 1), late as (select 2) from orders'),
    ]
    expect(modelComplaints(models, ['orders'])).toHaveLength(2)
  })
})
