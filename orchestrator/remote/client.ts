// How the command line asks the process that serves a home: loopback only, one request, lines of progress, one outcome.

import { type ClientRequest, type IncomingMessage, request } from 'node:http'
import { createInterface } from 'node:readline'
import { homePaths } from '#data/home'
import { type ErrorCode, type ErrorDetails, errorTable, fail, reasonOf } from '#data/kernel'
import type { Progress } from '#orchestrator/verbs'
import { readServerFile, type ServerFile } from './server-file.ts'

const probeMs = 2_000

/** The server of a home when there is one and it answers, else null: a left-over `server.json` is ignored. */
export async function findServer(home: string): Promise<ServerFile | null> {
  const server = await readServerFile(homePaths(home).server)
  if (server === null || !/^http:\/\/[\w.:[\]-]+:\d+$/.test(server.url)) return null
  try {
    const response = await open(`${server.url}/healthz`, {}, (asked) => {
      asked.setTimeout(probeMs, () => asked.destroy(new Error('no answer')))
      asked.end()
    })
    const body = JSON.parse(await textOf(response)) as { pid?: number }
    return response.statusCode === 200 && body.pid === server.pid ? server : null
  } catch {
    return null
  }
}

/**
 * Runs a verb in the process that serves the home; its paths must be absolute.
 * @returns the result of the verb
 * @throws the verb's own error, SERVE_LOST when the server went away meanwhile
 */
export async function forward(
  server: ServerFile,
  verb: string,
  args: unknown,
  onProgress: (progress: Progress) => void,
): Promise<unknown> {
  const body = JSON.stringify(args)
  const headers = {
    authorization: `Bearer ${server.token}`,
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
  }
  let lines: AsyncIterable<string>
  try {
    const options = { method: 'POST', headers }
    const response = await open(`${server.url}/api/v1/verbs/${verb}`, options, (asked) => asked.end(body))
    if (response.statusCode !== 200) throw remote(JSON.parse(await textOf(response)) as RemoteError)
    lines = createInterface({ input: response })
    for await (const line of lines) {
      const message = JSON.parse(line) as { progress?: Progress; result?: unknown; error?: RemoteError }
      if (message.progress) onProgress(message.progress)
      if (message.error) throw remote(message.error)
      if ('result' in message) return message.result
    }
  } catch (error) {
    throw isOurs(error)
      ? error
      : fail('SERVE_LOST', { url: server.url, reason: reasonOf(error) }, { cause: error })
  }
  throw fail('SERVE_LOST', { url: server.url, reason: 'the answer ended early' })
}

interface RemoteError {
  code: string
  message?: string
  details?: ErrorDetails
}

/** The server's error as the same error here; both are of one version, as one project runs both. */
function remote({ code, message, details }: RemoteError): Error {
  if (Object.hasOwn(errorTable, code)) return fail(code as ErrorCode, details)
  return fail('INTERNAL', { reason: message ?? code })
}

function isOurs(error: unknown): boolean {
  return error instanceof Error && error.name === 'DetourError'
}

function open(
  url: string,
  options: { method?: string; headers?: Record<string, string | number> },
  send: (asked: ClientRequest) => void,
): Promise<IncomingMessage> {
  return new Promise((answered, broken) => {
    const asked = request(url, { ...options, agent: false })
    asked.once('response', answered)
    asked.once('error', broken)
    send(asked)
  })
}

async function textOf(response: IncomingMessage): Promise<string> {
  let text = ''
  for await (const part of response.setEncoding('utf8')) text += part
  return text
}
