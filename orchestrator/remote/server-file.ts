// `server.json` of a home: how the command line finds the process that serves it. Its token is for the owner only.

import { chmod, readFile, rename, rm, writeFile } from 'node:fs/promises'

/** Who serves a home and how to reach it. */
export interface ServerFile {
  pid: number
  /** Base address, `http://127.0.0.1:4380`. */
  url: string
  /** Bearer token of this run of the server. */
  token: string
}

/** Writes the file so that it is there whole or not at all, readable by its owner only. */
export async function writeServerFile(path: string, server: ServerFile): Promise<void> {
  const draft = `${path}.draft`
  await rm(draft, { force: true })
  await writeFile(draft, JSON.stringify(server), { mode: 0o600, flag: 'wx' })
  await chmod(draft, 0o600)
  await rename(draft, path)
}

/** The file's content, null where there is none or it cannot be read as one. */
export async function readServerFile(path: string): Promise<ServerFile | null> {
  try {
    const { pid, url, token } = JSON.parse(await readFile(path, 'utf8')) as Partial<ServerFile>
    const isOurs = Number.isInteger(pid) && typeof url === 'string' && typeof token === 'string'
    return isOurs ? { pid: pid as number, url, token } : null
  } catch {
    return null
  }
}
