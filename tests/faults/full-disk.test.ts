// A disk that is full: writes are refused soon, reads go on, and writes go on by themselves when there is room again.

import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { project } from '../orchestrator/commands.ts'

const canMount = spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', tmpdir()]).status === 0
const node = join(project, 'node_modules', '.bin', 'node')
const child = join(import.meta.dirname, 'full-disk-child.ts')

interface Round {
  written: number
  codes: string[]
  slowestMs: number
  isRead: boolean
  resumed: number
  resumedMs: number
}

/** Runs the child on a small disk that only it can see. */
function onSmallDisk(disk: string): Promise<string> {
  const script = 'mount -t tmpfs -o size=160m tmpfs "$2" && exec "$0" "$1" "$2"'
  const running = spawn('unshare', ['-m', 'bash', '-c', script, node, child, disk], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => {
    running.kill('SIGKILL')
  })
  return new Promise((done) => {
    let text = ''
    running.stdout.setEncoding('utf8').on('data', (part: string) => {
      text += part
    })
    running.once('close', () => done(text))
  })
}

describe.skipIf(!canMount)('a full disk (skipped where no small disk can be mounted)', () => {
  test('refuses writes, answers reads, loses nothing, and is forgotten as soon as there is room', async () => {
    const disk = mkdtempSync(join(tmpdir(), 'detour-disk-'))
    onTestFinished(() => rmSync(disk, { recursive: true, force: true }))
    const lines = (await onSmallDisk(disk)).trim().split('\n')
    const outcomes = lines.map((line) => JSON.parse(line) as object)
    const rounds = outcomes.slice(0, -1) as Round[]
    console.log(lines.join('\n'))
    expect(rounds).toHaveLength(3)
    for (const { codes, isRead, resumed } of rounds) {
      expect(codes).toEqual(['503 LOG_UNAVAILABLE'])
      expect({ isRead, resumed }).toEqual({ isRead: true, resumed: 200 })
    }
    expect(outcomes.at(-1)).toMatchObject({ open: 0, other: [], problems: [] })
  }, 240_000)
})
