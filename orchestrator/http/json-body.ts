// Reads JSON bodies as Fastify does, and refuses texts that cannot be kept as they are: halves of characters and
// control characters. It knows no schema.

import { fail } from '#data/kernel'
import type { App } from './parts.ts'

/** Only escapes can bring such a text: bytes that are no UTF-8 have become another character by now. */
const suspects = ['\\ud', '\\uD', '\\u00']
/** All but tab and the ends of lines. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const control = /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/

/** Makes the application read JSON with this care. Cost: a search of the text, and a walk where it has such escapes. */
export function readJson(app: App): void {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.removeContentTypeParser('application/json')
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, text, done) => {
    parse(request, text as string, (error, body) => {
      const isSuspect = error === null && suspects.some((start) => text.includes(start))
      if (isSuspect && hasUnkeepable(body)) {
        const reason = 'body holds half a character or a control character'
        done(fail('HTTP_BODY_INVALID', { reason, in: 'body', errors: [{ field: '', reason }] }), undefined)
      } else done(error, body)
    })
  })
}

function hasUnkeepable(body: unknown): boolean {
  const open = [body]
  while (open.length > 0) {
    const value = open.pop()
    if (typeof value === 'string' && (!value.isWellFormed() || control.test(value))) return true
    if (typeof value === 'object' && value !== null) {
      for (const [key, each] of Object.entries(value)) open.push(key, each)
    }
  }
  return false
}
