// All that `npm test` runs: types and lint beside the tests, as alone they would leave every core but one idle. What
// they say stands below what the tests say.

import { spawn } from 'node:child_process'

/** @returns exit code */
function run(command, stdio) {
  const child = spawn(command, { shell: true, stdio: ['ignore', stdio, stdio] })
  const parts = []
  child.stdout?.on('data', (part) => parts.push(part))
  child.stderr?.on('data', (part) => parts.push(part))
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ code: 1, output: String(error) }))
    child.once('close', (code) => resolve({ code: code ?? 1, output: Buffer.concat(parts).toString() }))
  })
}

const checking = run('npm run check', 'pipe')
const tests = await run('vitest run', 'inherit')
const checks = await checking
process.stdout.write(checks.output)
process.exitCode = Math.max(tests.code, checks.code)
