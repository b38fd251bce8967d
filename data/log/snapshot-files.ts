// Snapshots as files, `<folder>/<stream>/<seq>.snap`: a line of JSON that says what it is, zstd of lines of parts, and
// SHA-256 of all before. What is not whole, or not of this stream, format and log, is passed over and never used.

import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { type FileHandle, mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setImmediate } from 'node:timers/promises'
import { constants, createZstdCompress, createZstdDecompress } from 'node:zlib'
import { type Effects, reasonOf } from '#data/kernel'
import type {
  SnapshotHeader,
  SnapshotInfo,
  SnapshotPart,
  SnapshotReader,
  SnapshotStore,
  SnapshotWanted,
} from './snapshot.ts'

/** Text of one line, after which other work gets its turn: about a millisecond of writing. */
const lineChars = 65_536
const kept = 2
const hashBytes = 32
const headerBytes = 16_384
const layout = 'detour snapshot 1'

/** Snapshots in files of a folder, which is made when the first is written. */
export function openSnapshotFiles(folder: string, effects: Pick<Effects, 'logger'>): SnapshotStore {
  return new SnapshotFiles(folder, effects)
}

class SnapshotFiles implements SnapshotStore {
  readonly #folder: string
  readonly #effects: Pick<Effects, 'logger'>

  constructor(folder: string, effects: Pick<Effects, 'logger'>) {
    this.#folder = folder
    this.#effects = effects
  }

  async load<T>(
    { stream, format, lastSeq, only }: SnapshotWanted,
    begin: (header: SnapshotHeader) => Promise<SnapshotReader<T> | null>,
  ): Promise<T | null> {
    for (const info of await this.list(stream)) {
      const { seq, problem } = info
      if (only !== undefined && seq !== only) continue
      if (problem !== null) {
        this.#passOver(stream, seq, problem)
      } else if (info.format !== format) {
        this.#passOver(stream, seq, 'another version of Detour wrote it')
      } else if (seq > lastSeq) {
        this.#passOver(stream, seq, `the log ends at ${lastSeq}: was an older log restored?`)
      } else {
        const reader = await begin(info)
        if (reader === null) this.#passOver(stream, seq, 'it is of another log: was one restored?')
        else {
          try {
            await readParts(this.#path(stream, seq), reader)
            return reader.done()
          } catch (error) {
            this.#passOver(stream, seq, reasonOf(error))
          }
        }
      }
    }
    return null
  }

  async save(header: SnapshotHeader, parts: Iterable<SnapshotPart>): Promise<boolean> {
    const { stream, seq } = header
    const path = this.#path(stream, seq)
    try {
      await mkdir(this.#folderOf(stream), { recursive: true, mode: 0o700 })
      await writeParts(`${path}.tmp`, header, parts)
      await rename(`${path}.tmp`, path)
      await syncFolder(this.#folderOf(stream))
      await this.#removeOld(stream, seq)
      return true
    } catch (error) {
      this.#effects.logger.warn({ err: error, stream, seq }, 'a snapshot could not be written')
      await rm(`${path}.tmp`, { force: true }).catch(() => undefined)
      return false
    }
  }

  async list(stream: string): Promise<SnapshotInfo[]> {
    const found: SnapshotInfo[] = []
    for (const seq of await this.#seqs(stream)) {
      try {
        const { start: _, ...info } = await readInfo(this.#path(stream, seq))
        if (info.stream !== stream || info.seq !== seq) throw new Error('it is of another stream or event')
        found.push({ ...info, problem: null })
      } catch (error) {
        const unknown = { eventId: '', format: '', takenAt: 0, bytes: 0 }
        found.push({ stream, seq, ...unknown, problem: reasonOf(error) })
      }
    }
    return found
  }

  async clear(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true })
  }

  /** Newest first, by name. */
  async #seqs(stream: string): Promise<number[]> {
    const names = await readdir(this.#folderOf(stream)).catch(() => [])
    const seqs = names.map((name) => Number(/^(\d{1,15})\.snap$/.exec(name)?.[1] ?? 0))
    return seqs.filter((seq) => seq > 0).toSorted((a, b) => b - a)
  }

  /** Those before the newest two, those beyond what was just written, and what an end in the middle left behind. */
  async #removeOld(stream: string, seq: number): Promise<void> {
    const seqs = (await this.#seqs(stream)).filter((each) => each <= seq).slice(0, kept)
    const keep = new Set(seqs.map((each) => `${each}.snap`))
    const folder = this.#folderOf(stream)
    for (const name of await readdir(folder))
      if (!keep.has(name)) await rm(join(folder, name), { force: true })
  }

  #folderOf(stream: string): string {
    return join(this.#folder, encodeURIComponent(stream))
  }

  #path(stream: string, seq: number): string {
    return join(this.#folderOf(stream), `${seq}.snap`)
  }

  #passOver(stream: string, seq: number, reason: string): void {
    this.#effects.logger.warn({ stream, seq, reason }, 'a snapshot is not used')
  }
}

async function writeParts(
  path: string,
  header: SnapshotHeader,
  parts: Iterable<SnapshotPart>,
): Promise<void> {
  const file = await open(path, 'w', 0o600)
  try {
    const hash = createHash('sha256')
    const put = async (bytes: Buffer) => {
      hash.update(bytes)
      await writeAll(file, bytes)
    }
    await put(Buffer.from(`${JSON.stringify({ ...header, layout })}\n`))
    const level = { [constants.ZSTD_c_compressionLevel]: 1 }
    await pipeline(
      Readable.from(slices(parts)),
      createZstdCompress({ params: level }),
      async (compressed) => {
        for await (const bytes of compressed) await put(bytes as Buffer)
      },
    )
    await writeAll(file, hash.digest())
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Lines of a section and its parts, each made in a turn of its own. */
async function* slices(parts: Iterable<SnapshotPart>): AsyncGenerator<string> {
  let section = ''
  let line = ''
  for (const [name, piece] of parts) {
    if (line !== '' && (name !== section || line.length >= lineChars)) {
      yield `${line}]\n`
      await setImmediate()
      line = ''
    }
    if (line === '') line = `[${JSON.stringify(name)}`
    section = name
    line += `,${JSON.stringify(piece)}`
  }
  if (line !== '') yield `${line}]\n`
}

async function writeAll(file: FileHandle, bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length; ) at += (await file.write(bytes, at)).bytesWritten
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

async function readInfo(path: string): Promise<Omit<SnapshotInfo, 'problem'> & { start: number }> {
  const file = await open(path, 'r')
  try {
    const { size } = await file.stat()
    const { buffer, bytesRead } = await file.read(Buffer.alloc(headerBytes), 0, headerBytes, 0)
    const end = buffer.subarray(0, bytesRead).indexOf(10)
    if (end < 0) throw new Error('it does not begin as a snapshot')
    const { layout: found, ...header } = JSON.parse(buffer.toString('utf8', 0, end)) as SnapshotHeader & {
      layout?: string
    }
    if (found !== layout) throw new Error('it is laid out in a way that is not known here')
    return { ...header, bytes: size, start: end + 1 }
  } finally {
    await file.close()
  }
}

/** Hands over all parts. @throws Error where the file is not as it was written */
async function readParts<T>(path: string, reader: SnapshotReader<T>): Promise<void> {
  const { start, bytes } = await readInfo(path)
  const end = bytes - hashBytes
  if (end < start) throw new Error('it is cut off')
  const hash = createHash('sha256')
  const hashed = async function* (source: AsyncIterable<Buffer>) {
    for await (const part of source) {
      hash.update(part)
      yield part
    }
  }
  const file = await open(path, 'r')
  try {
    const head = Buffer.alloc(start)
    await file.read(head, 0, start, 0)
    hash.update(head)
    const wanted = Buffer.alloc(hashBytes)
    await file.read(wanted, 0, hashBytes, end)
    const body = createReadStream(path, { start, end: end - 1, highWaterMark: 1 << 18 })
    await pipeline(body, hashed, createZstdDecompress({ chunkSize: 1 << 18 }), (lines) =>
      takeLines(lines, reader),
    )
    if (!hash.digest().equals(wanted)) throw new Error('its contents are not those that were written')
  } finally {
    await file.close()
  }
}

async function takeLines<T>(source: AsyncIterable<Buffer>, reader: SnapshotReader<T>): Promise<void> {
  let rest: Buffer[] = []
  for await (const bytes of source) {
    let from = 0
    for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, from)) {
      rest.push(bytes.subarray(from, end))
      takeLine(
        rest.length === 1 ? bytes.toString('utf8', from, end) : Buffer.concat(rest).toString('utf8'),
        reader,
      )
      rest = []
      from = end + 1
    }
    if (from < bytes.length) rest.push(bytes.subarray(from))
  }
  if (rest.length > 0) throw new Error('it is cut off')
}

function takeLine<T>(line: string, reader: SnapshotReader<T>): void {
  const [section, ...pieces] = JSON.parse(line) as [string, ...unknown[]]
  for (const piece of pieces) reader.take(section, piece)
}
