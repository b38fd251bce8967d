// What the command line prints: text for people or one JSON document, and errors in either form.

import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import type { DetourError } from '#data/kernel'

/** What a command gave: its result for machines, its words for people, and whether it means exit code 1. */
export interface Outcome {
  result: unknown
  text: string
  hasFailed: boolean
}

/** Prints the outcome to standard output, as exactly one JSON document or as text. */
export function printOutcome(outcome: Outcome, isJson: boolean): void {
  process.stdout.write(`${isJson ? JSON.stringify(outcome.result, null, 2) : outcome.text}\n`)
}

/** Prints an error: `error CODE: message` to standard error, or a JSON document to standard output. */
export function printError({ code, message, details }: DetourError, isJson: boolean): void {
  if (isJson) process.stdout.write(`${JSON.stringify({ error: { code, message, details } }, null, 2)}\n`)
  else process.stderr.write(`error ${code}: ${message}\n`)
}

/** Copies a file to standard output. */
export async function printFile(path: string): Promise<void> {
  await pipeline(createReadStream(path), process.stdout, { end: false })
}
