// A served application for tests: a real home, core, vault and HTTP on a free port of 127.0.0.1.

import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Clock, Config, Effects } from '#data/kernel'
import { openVault, type Vault } from '#data/vault'
import type { Node } from '#orchestrator/core'
import { type Engine, openEngine } from '#orchestrator/engine'
import { planLinks } from '#orchestrator/reroute'
import { openWebhooks } from '#orchestrator/webhooks'
import { openWorkspace } from '#orchestrator/workspace'
import { createApp } from '../../orchestrator/http/app.ts'
import type { App, PageHandler } from '../../orchestrator/http/parts.ts'
import { effectsWith, newFolder } from './places.ts'

/** What a request got. */
export interface Reply {
  status: number
  headers: IncomingHttpHeaders
  text: string
  /** The text as JSON, null where it is none. */
  body: Record<string, unknown>
}

/** A request. */
export interface Ask {
  body?: unknown
  headers?: Record<string, string>
  /** Longest wait for the answer, ms. Default: none. */
  timeoutMs?: number
}

/** A served application. */
export interface Place {
  url: string
  app: App
  engine: Engine
  vault: Vault
  token: string
  effects: Effects
  /** Asks as a program that holds the server's token. */
  call(method: string, path: string, ask?: Ask): Promise<Reply>
  /** Asks with exactly these headers. */
  bare(method: string, path: string, ask?: Ask): Promise<Reply>
  close(): Promise<void>
}

/** What differs from a plain place. */
export interface PlaceOptions {
  config?: Partial<Config>
  /** Address it believes to listen on. */
  host?: string
  pages?: PageHandler
  requestsMost?: number
  /** The wall. */
  clock?: Clock
  /** Runs before the application is made. */
  prepare?(engine: Engine): void
}

/** Nodes A and B with stock of SKU x. */
export const nodes: Node[] = ['A', 'B'].map((id) => ({
  nodeId: `fab:${id}`,
  provider: 'fab',
  externalId: id,
  name: `Node ${id}`,
  type: 'warehouse',
  timeZone: 'UTC',
  country: 'US',
  region: 'NV',
  city: 'Reno',
  postalCode: null,
  latitude: null,
  longitude: null,
  dailyCapacity: 100,
  cutOff: null,
  processingCostCents: 100,
  isActive: true,
  carriers: ['SwiftPost'],
}))

/** Opens a home in a new folder and serves it. */
export async function openPlace(options: PlaceOptions = {}): Promise<Place> {
  const folder = await newFolder()
  const { clock, requestsMost } = options
  const effects = {
    ...effectsWith({ webhookAllow: ['127.0.0.0/8'], ...options.config }),
    ...(clock === undefined ? {} : { clock }),
  }
  const workspace = await openWorkspace(join(folder.path, 'home'), 'test', effects)
  const vault = await openVault(workspace.paths, effects)
  const engine = await openEngine(workspace)
  const { core } = engine
  await core.execute('DefineNodes', { nodes }, { at: effects.clock.now() })
  options.prepare?.(engine)
  const linksOf = planLinks(core, vault)
  const webhooks = await openWebhooks({ log: workspace.log, effects, core, vault, linksOf })
  const token = 'token-of-this-run'
  const host = options.host ?? '127.0.0.1'
  const app = await createApp({
    ...{ engine, webhooks, vault, token, host, pages: options.pages ?? null },
    ...(requestsMost === undefined ? {} : { requestsMost }),
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
  const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
  const bare = (method: string, path: string, asked: Ask = {}) => send(method, `${url}${path}`, asked)
  return {
    url,
    app,
    engine,
    vault,
    token,
    effects,
    bare,
    call: (method, path, asked = {}) =>
      bare(method, path, { ...asked, headers: { authorization: `Bearer ${token}`, ...asked.headers } }),
    close: async () => {
      await app.close()
      await webhooks.close()
      await engine.close()
      await vault.close()
      await workspace.close()
      await folder.remove()
    },
  }
}

/** One request; objects are sent as JSON, texts and buffers as they are. */
export function send(method: string, url: string, { body, headers = {}, timeoutMs }: Ask): Promise<Reply> {
  const isPlain = body === undefined || typeof body === 'string' || Buffer.isBuffer(body)
  const text = isPlain ? (body as string | Buffer | undefined) : JSON.stringify(body)
  const type = body === undefined ? {} : { 'content-type': 'application/json' }
  return new Promise((done, broken) => {
    const asked = request(url, { method, headers: { ...type, ...headers }, agent: false })
    asked.once('error', broken)
    if (timeoutMs !== undefined) asked.setTimeout(timeoutMs, () => asked.destroy(new Error('no answer')))
    asked.once('response', (response) => readReply(response).then(done, broken))
    asked.end(text)
  })
}

async function readReply(response: IncomingMessage): Promise<Reply> {
  let text = ''
  for await (const part of response.setEncoding('utf8')) text += part
  const { headers, statusCode = 0 } = response
  return { status: statusCode, headers, text, body: parsed(text) as Record<string, unknown> }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
