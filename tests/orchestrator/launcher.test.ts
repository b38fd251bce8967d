// The launcher on the machine's own Node and on the pinned one, from other folders, through links, half installed.

import { execFile, execFileSync, spawn } from 'node:child_process'
import { copyFile, mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { detour, launcher, project, stop } from './commands.ts'
import { newFolder } from './places.ts'

let folder: Awaited<ReturnType<typeof newFolder>>
beforeAll(async () => {
  folder = await newFolder()
})
afterAll(() => folder.remove())

/** An older Node on this machine, outside of the packages; null where there is none. */
function olderNode(): string | null {
  for (const place of (process.env.PATH ?? '').split(delimiter)) {
    if (place.includes('node_modules')) continue
    try {
      const binary = join(place, 'node')
      const version = execFileSync(binary, ['--version'], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      })
      const major = Number(version.slice(1).split('.')[0])
      if (major >= 20 && major < 24) return binary
    } catch {
      // No Node here: look on.
    }
  }
  return null
}

const older = olderNode()
const nodes = [process.execPath, ...(older === null ? [] : [older])]

describe.each(nodes)('the launcher on %s', (node) => {
  test('hands over arguments, output and exit codes', async () => {
    const help = await detour(['--help'], { node })
    expect([help.code, help.err]).toEqual([0, ''])
    expect(help.out).toContain('Usage: detour')
    const wrong = await detour(['sql'], { node })
    expect(wrong.code).toBe(2)
    expect(wrong.err).toContain("missing required argument 'query'")
  })

  test('works from another folder and through a link', async () => {
    const link = join(folder.path, `detour-${nodes.indexOf(node)}`)
    await symlink(launcher, link)
    const ran = await new Promise<string>((done, broken) => {
      execFile(node, [link, '--help'], { cwd: folder.path }, (error, out) =>
        error ? broken(error) : done(out),
      )
    })
    expect(ran).toContain('Usage: detour')
  })

  test('passes a signal on, and ends as the child did', async () => {
    const home = join(folder.path, `home-${nodes.indexOf(node)}`)
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      const child = spawn(
        node,
        [launcher, 'serve', '--no-demo', '--no-dashboard', '--port', '0', '--home', home],
        {
          stdio: ['ignore', 'pipe', 'inherit'],
        },
      )
      await new Promise((done) => child.stdout.once('data', done))
      expect(await stop(child, signal)).toBe(0)
    }
    expect((await detour(['sql', 'select 1', '--home', home], { node })).code).toBe(0)
  })

  test('leaves nobody working when it is killed itself', async () => {
    const home = join(folder.path, `killed-${nodes.indexOf(node)}`)
    const args = [launcher, 'serve', '--no-demo', '--no-dashboard', '--port', '0', '--home', home]
    const child = spawn(node, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    await new Promise((done) => child.stdout.once('data', done))
    await stop(child, 'SIGKILL')
    let ran = await detour(['sql', 'select 1', '--home', home], { node })
    for (let tries = 0; tries < 20 && ran.code !== 0; tries++) {
      ran = await detour(['sql', 'select 1', '--home', home], { node })
    }
    expect(ran.code).toBe(0)
  })
})

describe.runIf(older !== null)('a half-installed project', () => {
  /** A project with only the launcher and what `prepare` puts beside it. */
  async function halfProject(name: string, packageJson?: object): Promise<string> {
    const root = join(folder.path, name)
    await mkdir(join(root, 'bin'), { recursive: true })
    await copyFile(launcher, join(root, 'bin', 'detour.js'))
    await writeFile(join(root, 'package.json'), '{"type":"module"}')
    if (packageJson) {
      await mkdir(join(root, 'node_modules', 'node'), { recursive: true })
      await writeFile(join(root, 'node_modules', 'node', 'package.json'), JSON.stringify(packageJson))
    }
    return join(root, 'bin', 'detour.js')
  }

  const run = (file: string, node: string) =>
    new Promise<{ code: unknown; err: string }>((done) => {
      execFile(node, [file, 'cycle'], (error, _, err) => done({ code: error?.code, err }))
    })

  test('says "npm ci" where there are no packages', async () => {
    const ran = await run(await halfProject('none'), older ?? '')
    expect(ran.code).toBe(1)
    expect(ran.err).toContain('run "npm ci"')
  })

  test('says how to get the binary where install scripts were off', async () => {
    const ran = await run(await halfProject('scripts-off', { name: 'node', version: '24.21.0' }), older ?? '')
    expect(ran.code).toBe(1)
    expect(ran.err).toContain('npm rebuild node')
    expect(ran.err).toContain('install scripts were off')
  })

  test('says "npm ci" where an older Node is pinned', async () => {
    const ran = await run(await halfProject('old', { name: 'node', version: '20.1.0' }), older ?? '')
    expect(ran.err).toContain('run "npm ci"')
  })
})

test('the launcher is executable and is what package.json calls detour', async () => {
  const { bin } = JSON.parse(await readFile(join(project, 'package.json'), 'utf8'))
  expect(bin).toEqual({ detour: 'bin/detour.js' })
  const help = await new Promise<string>((done, broken) => {
    execFile(launcher, ['--help'], (error, out) => (error ? broken(error) : done(out)))
  })
  expect(help).toContain('Usage: detour')
})
