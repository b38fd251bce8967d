// Routes of the network: nodes, carriers, services, lanes and rates as people tell them, as a whole and as files.

import { Type } from 'typebox'
import { api } from '#data/contracts'
import { type Node, ownProvider } from '#orchestrator/core'
import type { Engine } from '#orchestrator/engine'
import {
  changeFrom,
  checkNetwork,
  type ImportMode,
  type NetworkSource,
  previewChange,
  writeNetworkFiles,
  writeNetworkYaml,
} from '#orchestrator/sourcing'
import { execute, idempotencyHeaders, refusal } from '../command.ts'
import type { App, AppParts } from '../parts.ts'
import { problems } from '../problem.ts'
import type { Repeats } from '../repeats.ts'
import { closed, oneOf } from './fields.ts'

const tags = ['network']
/** Bytes of a body; larger networks come by the command line. */
const bodyLimit = 5_000_000
const yamlTypes = ['application/yaml', 'text/yaml']

/** Adds the routes of the network. */
export function addNetwork(app: App, { engine }: AppParts, repeats: Repeats): void {
  app.get(
    '/network',
    {
      schema: {
        tags,
        summary: 'The network, and what is odd about it',
        response: { 200: api.networkAnswer, ...problems },
      },
    },
    () => {
      const { network, nodes } = engine.core.state()
      const { version, document } = network
      const findings = [...checkNetwork(document, nodes)]
      return { version, network: document, fileNodes: [...nodes.values()].flatMap(fileNode), findings }
    },
  )
  app.patch(
    '/network',
    {
      bodyLimit,
      schema: {
        tags,
        summary: 'Put and take away entries, all or none',
        headers: idempotencyHeaders,
        body: api.networkChange,
        response: { 200: api.networkChanged, ...problems },
      },
    },
    (request) => {
      const { body, caller } = request
      return repeats.once(request, 'network', body, (commandId) =>
        carryOut(engine, body, { commandId, by: caller.name }),
      )
    },
  )
  addExport(app, engine)
  addImport(app, engine, repeats)
}

/** What files tell of a node; nothing of nodes that the network made itself. */
function fileNode(node: Node): api.FileNode[] {
  if (node.provider === ownProvider) return []
  const { provider, externalId, carriers, ...facts } = node
  return [facts]
}

function addExport(app: App, engine: Engine): void {
  app.get(
    '/network/export',
    {
      schema: {
        tags,
        summary: 'The network as files: CSV by name, or one YAML text',
        querystring: Type.Object({ format: Type.Optional(oneOf(['csv', 'yaml'], 'default csv')) }, closed),
        response: {
          200: {
            description: 'The files.',
            content: {
              'application/json': { schema: api.networkFiles },
              'application/yaml': { schema: Type.Unsafe<never>({ type: 'string' }) },
            },
          },
          ...problems,
        },
      },
    },
    async (request, reply) => {
      const { document } = engine.core.state().network
      if (request.query.format !== 'yaml') return { files: writeNetworkFiles(document) }
      reply
        .header('content-type', 'application/yaml; charset=utf-8')
        .header('content-disposition', 'attachment; filename="network.yaml"')
      return reply.send(writeNetworkYaml(document) as never)
    },
  )
}

const importQuery = Type.Object(
  {
    mode: Type.Optional(
      oneOf(['merge', 'replace'], 'default merge; replace takes away what the files do not name'),
    ),
    dryRun: Type.Optional(Type.Boolean({ description: 'only say what would be different' })),
  },
  closed,
)

/** In a scope of its own: YAML comes as text here. */
function addImport(app: App, engine: Engine, repeats: Repeats): void {
  app.register(async (plain) => {
    const scope = plain as App
    scope.addContentTypeParser(yamlTypes, { parseAs: 'string' }, (_request, text, done) => done(null, text))
    const yaml = { schema: Type.Unsafe<string>({ type: 'string' }) }
    const schema = {
      tags,
      summary: 'Take a network from CSV files by name, or from YAML; all or nothing',
      headers: idempotencyHeaders,
      querystring: importQuery,
      body: {
        content: {
          'application/json': { schema: api.networkFiles },
          ...Object.fromEntries(yamlTypes.map((type) => [type, yaml])),
        },
      },
      response: { 200: api.networkChanged, ...problems },
    }
    scope.post('/network/import', { schema, bodyLimit }, (request) => {
      const { mode = 'merge', dryRun = false } = request.query
      const body = request.body as string | api.NetworkFiles
      const source = typeof body === 'string' ? { yaml: body, name: 'network.yaml' } : body
      if (dryRun) return preview(engine, source, mode)
      return repeats.once(request, `network/import/${mode}`, body, (commandId) => {
        const change = changeFrom(source, mode, engine.core.state())
        return carryOut(engine, change, { commandId, by: request.caller.name })
      })
    })
  })
}

function preview(engine: Engine, source: NetworkSource, mode: ImportMode): api.NetworkChanged {
  const before = engine.core.state()
  const {
    refusal: no,
    version,
    differences,
    state,
  } = previewChange(before, changeFrom(source, mode, before), engine.now())
  if (no !== null) throw refusal(no.reason, no.details)
  const findings = [...checkNetwork(state.network.document, state.nodes)]
  return { version, isDryRun: true, differences, findings }
}

/** Changes the network. @throws CORE_REFUSED */
async function carryOut(
  engine: Engine,
  change: api.NetworkChange,
  { commandId, by }: { commandId: string; by: string },
): Promise<api.NetworkChanged> {
  // What is different is told of the network that is changed: another change in between is a conflict.
  const before = engine.core.state()
  const pinned = { version: before.network.version, ...change }
  const { differences } = previewChange(before, pinned, engine.now())
  const result = await execute(engine, 'ChangeNetwork', { change: pinned, by }, { commandId })
  if (result.status === 'refused') throw refusal(result.reason, result.answer.details ?? {})
  engine.cycleSoon()
  const { network, nodes } = engine.core.state()
  const version = Number(result.answer.details?.version ?? network.version)
  const findings = [...checkNetwork(network.document, nodes)]
  return { version, isDryRun: false, differences, findings }
}
