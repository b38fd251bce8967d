// Makes a text file readable for what follows: unpacked, in UTF-8. The original is never changed.

import { createReadStream, createWriteStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { fail, reasonOf } from '#data/kernel'

const signatures: [string, string][] = [
  ['504b0304', 'it is a ZIP or Excel file'],
  ['25504446', 'it is a PDF'],
  ['d0cf11e0', 'it is an old Office file'],
  ['50415231', 'it is a Parquet file: the mapping must say "format: parquet"'],
]

/**
 * The path of a UTF-8 text of the file: itself, or a copy in `directory` when it is packed or encoded otherwise.
 * @param encoding WHATWG label
 * @throws INGEST_FILE_EMPTY, INGEST_FILE_BINARY, INGEST_FILE_UNREADABLE, INGEST_PATH_UNREADABLE
 */
export async function prepareText(path: string, encoding: string, directory: string): Promise<string> {
  const head = await firstBytes(path)
  if (head.length === 0) throw fail('INGEST_FILE_EMPTY', { path })
  const isPacked = head[0] === 0x1f && head[1] === 0x8b
  const label = new TextDecoder(encoding).encoding
  if (!isPacked && !label.startsWith('utf-16')) refuseBinary(path, head)
  if (!isPacked && label === 'utf-8') return path
  const copy = `${directory}/prepared.txt`
  const decoder = new TextDecoder(label)
  const toUtf8 = new Transform({
    transform: (chunk: Buffer, _, done) => done(null, decoder.decode(chunk, { stream: true })),
    flush: (done) => done(null, decoder.decode()),
  })
  try {
    const source = createReadStream(path, { highWaterMark: 1 << 20 })
    const steps = isPacked ? [source, createGunzip(), toUtf8] : [source, toUtf8]
    await pipeline([...steps, createWriteStream(copy)])
  } catch (error) {
    throw fail('INGEST_FILE_UNREADABLE', { path, format: 'text', reason: reasonOf(error) }, { cause: error })
  }
  const text = await firstBytes(copy)
  if (text.length === 0) throw fail('INGEST_FILE_EMPTY', { path })
  refuseBinary(path, text)
  return copy
}

async function firstBytes(path: string): Promise<Buffer> {
  try {
    const handle = await open(path, 'r')
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(65_536), 0, 65_536, 0)
      return buffer.subarray(0, bytesRead)
    } finally {
      await handle.close()
    }
  } catch (error) {
    throw fail('INGEST_PATH_UNREADABLE', { path, reason: reasonOf(error) }, { cause: error })
  }
}

function refuseBinary(path: string, head: Buffer): void {
  const start = head.toString('hex', 0, 4)
  const known = signatures.find(([signature]) => signature === start)
  if (known !== undefined) throw fail('INGEST_FILE_BINARY', { path, reason: known[1] })
  if (head.includes(0)) throw fail('INGEST_FILE_BINARY', { path, reason: 'it contains NUL bytes' })
}
