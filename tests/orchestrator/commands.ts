// Runs the command line as people do: the launcher in a child process.

import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { join } from 'node:path'

/** The repository. */
export const project = join(import.meta.dirname, '..', '..')
/** The launcher. */
export const launcher = join(project, 'bin', 'detour.js')

/** What a command gave. */
export interface Ran {
  code: number
  out: string
  err: string
}

/** Runs `detour` to its end; a folder and settings may be given. */
export function detour(
  args: string[],
  options: { cwd?: string; env?: Record<string, string>; node?: string } = {},
): Promise<Ran> {
  return new Promise((done) => {
    const env = { ...process.env, DETOUR_HOME: '', ...options.env }
    const child = execFile(
      options.node ?? process.execPath,
      [launcher, ...args],
      { env, cwd: options.cwd ?? project, maxBuffer: 1e8 },
      (error, out, err) => done({ code: error === null ? 0 : Number(child.exitCode ?? -1), out, err }),
    )
  })
}

/** Starts `detour` and gives the process once it printed a line. */
export function start(
  args: string[],
  env: Record<string, string> = {},
): Promise<{ child: ChildProcess; line: string }> {
  const child = spawn(process.execPath, [launcher, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  return new Promise((done, broken) => {
    let out = ''
    let err = ''
    child.stdout?.on('data', (part) => {
      out += part
      if (out.includes('\n')) done({ child, line: out })
    })
    child.stderr?.on('data', (part) => {
      err += part
    })
    child.once('exit', (code) => broken(new Error(`ended with ${code}: ${out}${err}`)))
  })
}

/** Asks a process to stop and waits until it has. */
export function stop(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
  return new Promise((done) => {
    child.removeAllListeners('exit')
    child.once('exit', (code) => done(code))
    child.kill(signal)
  })
}
