// The route of files: a body streamed to the home's scratch folder and loaded as if it had been named on the command
// line. It reads no file that was not sent.

import { randomUUID } from 'node:crypto'
import { mkdir, open, rm } from 'node:fs/promises'
import { join, sep } from 'node:path'
import type { Readable } from 'node:stream'
import { Type } from 'typebox'
import { DetourError, fail, reasonOf } from '#data/kernel'
import { type IngestSummary, ingest } from '#ingest'
import type { Engine } from '#orchestrator/engine'
import type { App, AppParts } from '../parts.ts'
import { problems } from '../problem.ts'
import { closed } from './fields.ts'

const name = '^[a-z][a-z0-9_-]{0,62}$'
const query = Type.Object(
  {
    provider: Type.String({ pattern: name, description: 'a shipped mapping: detour, olist' }),
    filename: Type.String({
      pattern: '^[A-Za-z0-9_][A-Za-z0-9._ -]{0,199}$',
      description: 'says which part of the mapping it is, and by its end the format',
    }),
    market: Type.Optional(Type.String({ pattern: name })),
    as: Type.Optional(
      Type.String({ pattern: name, description: 'provider id, if other than the mapping says' }),
    ),
  },
  closed,
)
const counts = Type.Record(Type.String(), Type.Integer())
const summary = Type.Object({
  loadId: Type.String(),
  provider: Type.String(),
  market: Type.String(),
  mapping: Type.String(),
  alreadyLoaded: Type.Boolean(),
  records: Type.Integer(),
  accepted: Type.Integer(),
  added: Type.Integer(),
  changed: Type.Integer(),
  unchanged: Type.Integer(),
  quarantined: Type.Integer(),
  reasons: counts,
  flags: counts,
  files: Type.Array(
    Type.Unsafe<IngestSummary['files'][number]>({ type: 'object', additionalProperties: true }),
  ),
  ignored: Type.Array(Type.String()),
  entities: Type.Record(
    Type.String(),
    Type.Unsafe<IngestSummary['entities'][string]>({ type: 'object', additionalProperties: true }),
  ),
  seconds: Type.Number(),
  rowsPerSecond: Type.Number(),
})

/** Adds the route of files, in a scope of its own: bodies of any type come as streams here. */
export function addIngest(app: App, { engine }: AppParts): void {
  const { maxUploadBytes } = engine.workspace.effects.config
  app.register(async (plain) => {
    const scope = plain as App
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', (_request, payload, done) => done(null, payload))
    const schema = {
      tags: ['ingest'],
      summary: 'Load a file: CSV, NDJSON, JSON or Parquet, as the body',
      querystring: query,
      response: { 200: summary, ...problems },
    }
    scope.post('/ingest', { schema, bodyLimit: maxUploadBytes }, async (request, reply) => {
      // A body that is refused is not read to its end: the connection cannot carry another request.
      reply.header('connection', 'close')
      const announced = Number(request.headers['content-length'] ?? 0)
      if (announced > maxUploadBytes) throw fail('HTTP_BODY_TOO_LARGE', { limit: maxUploadBytes })
      const body = request.body as Readable | undefined
      return load(body ?? request.raw, request.query, engine)
    })
  })
}

interface Upload {
  provider: string
  filename: string
  market?: string
  as?: string
}

async function load(body: Readable, upload: Upload, engine: Engine): Promise<IngestSummary> {
  const { workspace } = engine
  const folder = join(workspace.paths.temporary, `upload-${randomUUID()}`)
  const path = join(folder, upload.filename)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  try {
    await receive(body, path, workspace.effects.config.maxUploadBytes)
    const { provider, market, as } = upload
    const summary = await engine.exclusively(() => ingest({ provider, paths: [path], market, as }, workspace))
    engine.cycleSoon()
    const files = summary.files.map((file) => ({ ...file, path: upload.filename }))
    return { ...summary, files }
  } catch (error) {
    throw error instanceof DetourError ? withoutFolder(error, folder) : error
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** The error as it reads to who sent the file: its name without the folder it lay in meanwhile. */
function withoutFolder(error: DetourError, folder: string): DetourError {
  const text = JSON.stringify(error.details).replaceAll(JSON.stringify(`${folder}${sep}`).slice(1, -1), '')
  return fail(error.code, JSON.parse(text) as Record<string, unknown>, { cause: error })
}

/** Writes the body to a file. What comes after its end, too much or broken, is read and dropped. */
async function receive(body: Readable, path: string, limit: number): Promise<void> {
  const file = await open(path, 'wx', 0o600)
  let bytes = 0
  try {
    for await (const part of body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      bytes += part.length
      if (bytes > limit) throw fail('HTTP_BODY_TOO_LARGE', { limit })
      await file.writeFile(part)
    }
  } catch (error) {
    body.resume()
    if (error instanceof DetourError) throw error
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOSPC') throw fail('INGEST_DISK_FULL', { path, reason: reasonOf(error) }, { cause: error })
    throw fail('HTTP_UPLOAD_BROKEN', { reason: reasonOf(error) }, { cause: error })
  } finally {
    await file.close()
  }
}
