#!/usr/bin/env node
// The launcher: plain JavaScript for Node 20 and up that hands over to the pinned Node 24; it does no work itself.

import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import module, { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const self = fileURLToPath(import.meta.url)
const project = dirname(dirname(self))
const needed = 24

/** Ends with words on standard error. */
function stop(words) {
  process.stderr.write(`error: ${words}\n`)
  process.exit(1)
}

/** The pinned Node's binary; ends with what to do where it is not there. */
function pinnedNode() {
  let folder
  try {
    folder = dirname(createRequire(self).resolve('node/package.json'))
  } catch {
    stop(`the packages of Detour are not installed; run "npm ci" in ${project}`)
  }
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  if (Number.parseInt(version, 10) < needed) stop(`Node ${version} is installed; run "npm ci" in ${project}`)
  const binary = join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
  if (existsSync(binary)) return binary
  return stop(
    `Detour needs Node ${needed} and this is ${process.version}. The package "node" is installed without its ` +
      `binary, because install scripts were off. Run "npm rebuild node" in ${project} (with scripts allowed), ` +
      `or use Node ${needed}.`,
  )
}

/** Becomes the pinned Node where the system can replace a process, else runs it as a child. */
function handOver(binary) {
  const args = ['--disable-warning=ExperimentalWarning', self, ...process.argv.slice(2)]
  if (typeof process.execve === 'function' && process.platform !== 'win32') {
    process.removeAllListeners('warning')
    process.execve(binary, [binary, ...args], process.env)
  }
  const child = spawn(binary, args, { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] })
  const onTerminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT']) {
    process.on(signal, () => {
      // A terminal has sent its Ctrl-C to the child as well: once is enough.
      if (!(onTerminal && signal === 'SIGINT')) child.kill(signal)
    })
  }
  child.on('error', (error) => stop(`Node ${needed} did not start: ${error.message}`))
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1)
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
  })
}

/** Runs the command line in this process. */
async function runHere() {
  if (process.channel !== undefined && process.channel !== null) {
    // Started by a launcher: when that is gone, so are we, for nobody could stop us any more.
    process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'))
    process.channel.unref()
  }
  // Compiled code of earlier starts halves the next one; where the folder cannot be written, nothing is kept.
  module.enableCompileCache?.(
    process.env.NODE_COMPILE_CACHE ?? join(project, 'node_modules', '.cache', 'detour'),
  )
  try {
    await import('../orchestrator/cli/main.ts')
  } catch (error) {
    if (error?.code === 'ERR_MODULE_NOT_FOUND' && /Cannot find package/.test(error.message)) {
      stop(`the packages of Detour are not installed; run "npm ci" in ${project}`)
    }
    throw error
  }
}

if (Number.parseInt(process.versions.node, 10) >= needed) await runHere()
else handOver(pinnedNode())
