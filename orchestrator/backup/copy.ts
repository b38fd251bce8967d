// Copies files so that they are on the disk when it says so, and tells what they held. It never overwrites.

import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, readdir } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'

/** What a file held. */
export interface Contents {
  bytes: number
  /** Hexadecimal. */
  sha256: string
}

const readBytes = 1 << 20

/** Copies a file, with mode 0600, into a folder that is made where it is missing. @returns what was copied */
export async function copyDurably(from: string, to: string): Promise<Contents> {
  await mkdir(dirname(to), { recursive: true, mode: 0o700 })
  const file = await open(to, 'wx', 0o600)
  try {
    const contents = await contentsOf(from, async (part) => {
      for (let at = 0; at < part.length; ) at += (await file.write(part, at)).bytesWritten
    })
    await file.sync()
    return contents
  } finally {
    await file.close()
  }
}

/** What a file holds. @param each is given its parts in order */
export async function contentsOf(
  path: string,
  each: (part: Buffer) => Promise<void> = async () => undefined,
): Promise<Contents> {
  const hash = createHash('sha256')
  let bytes = 0
  for await (const part of createReadStream(path, { highWaterMark: readBytes })) {
    hash.update(part as Buffer)
    bytes += (part as Buffer).length
    await each(part as Buffer)
  }
  return { bytes, sha256: hash.digest('hex') }
}

/** Makes what a file holds, and that it is there, last. */
export async function syncPath(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Makes all folders from `folder` down last. */
export async function syncFolders(folder: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  for (const entry of entries) if (entry.isDirectory()) await syncPath(join(entry.parentPath, entry.name))
  await syncPath(folder)
}

/** Files below a folder, by their paths from it with `/`; none where it is missing. */
export async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .toSorted()
}

/** Whether a folder is missing or has nothing in it. */
export async function isVacant(folder: string): Promise<boolean> {
  return (await readdir(folder).catch(() => [])).length === 0
}
