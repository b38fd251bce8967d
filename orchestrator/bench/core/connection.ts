// A bare HTTP/1.1 connection for measurements: it costs so little that the server under load is what is measured. It
// knows only answers with a length.

import { connect, type Socket } from 'node:net'

/** An answer as it came. */
export interface Answer {
  status: number
  body: Buffer
}

interface Asked {
  resolve: (answer: Answer) => void
  reject: (error: Error) => void
}

const headEnd = Buffer.from('\r\n\r\n')
const lengthName = Buffer.from('\r\ncontent-length: ')

/** A connection that stays open and has one request under way at a time. */
export class Connection {
  readonly #socket: Socket
  #asked: Asked | null = null
  #received: Buffer | null = null

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.setNoDelay(true)
    socket.on('data', (part: Buffer) => this.#take(part))
    socket.on('error', (error) => this.#fail(error))
    socket.on('close', () => this.#fail(new Error('the server closed the connection')))
  }

  /** A connection to a server of this machine. */
  static open(port: number): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host: '127.0.0.1', port })
      socket.once('error', reject)
      socket.once('connect', () => {
        socket.off('error', reject)
        resolve(new Connection(socket))
      })
    })
  }

  /** The answer to a request that `requestBytes` made. @throws when the connection breaks */
  ask(request: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#asked = { resolve, reject }
      this.#socket.write(request)
    })
  }

  close(): void {
    this.#socket.destroy()
  }

  #take(part: Buffer): void {
    const bytes = this.#received === null ? part : Buffer.concat([this.#received, part])
    const end = bytes.indexOf(headEnd)
    const length = end < 0 ? null : lengthIn(bytes, end)
    if (length === null || bytes.length < end + 4 + length) {
      this.#received = bytes
      return
    }
    this.#received = null
    const asked = this.#asked
    this.#asked = null
    const status = Number(bytes.toString('latin1', 9, 12))
    asked?.resolve({ status, body: bytes.subarray(end + 4, end + 4 + length) })
  }

  #fail(error: Error): void {
    this.#asked?.reject(error)
    this.#asked = null
  }
}

function lengthIn(bytes: Buffer, end: number): number {
  const at = bytes.indexOf(lengthName)
  if (at < 0 || at > end) throw new Error('an answer without a length')
  const from = at + lengthName.length
  return Number(bytes.toString('latin1', from, bytes.indexOf('\r', from)))
}

/** A request as text, ready to be sent again and again. @param body JSON text, null = none */
export function requestText(
  method: string,
  path: string,
  token: string,
  body: string | null,
  key?: string,
): string {
  const head = `${method} ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer ${token}\r\n`
  const own = key === undefined ? head : `${head}idempotency-key: ${key}\r\n`
  if (body === null) return `${own}\r\n`
  return `${own}content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
}
