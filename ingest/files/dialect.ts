// How a text file is written: delimiter, quotes, encoding, bounds. Read from the mapping, never guessed.

/** The dialect of one file, bytes ready for the scanner. */
export interface Dialect {
  delimiter: string
  quote: string
  escape: string
  /** WHATWG label of the encoding. */
  encoding: string
  hasHeader: boolean
  delimiterByte: number
  quoteByte: number | null
  escapeByte: number
  maxRecordBytes: number
}

/** A dialect from the mapping's words. */
export function dialectOf(options: {
  delimiter?: string
  quote?: string
  escape?: string
  encoding?: string
  header?: boolean
  maxRecordBytes: number
}): Dialect {
  const quote = options.quote ?? '"'
  const escapeWith = options.escape ?? quote
  const delimiter = options.delimiter ?? ','
  return {
    delimiter,
    quote,
    escape: escapeWith,
    encoding: options.encoding ?? 'utf-8',
    hasHeader: options.header ?? true,
    delimiterByte: delimiter.charCodeAt(0),
    quoteByte: quote === '' ? null : quote.charCodeAt(0),
    escapeByte: escapeWith === '' ? -1 : escapeWith.charCodeAt(0),
    maxRecordBytes: options.maxRecordBytes,
  }
}

/**
 * The cells of one record's text.
 * @param text a record without its newline, as the scanner gives it
 */
export function splitRecord(text: string, dialect: Dialect): string[] {
  const cells: string[] = []
  let cell = ''
  let isQuoted = false
  for (let i = 0; i < text.length; i++) {
    const char = text[i]
    if (isQuoted) {
      if (char === dialect.escape && text[i + 1] === dialect.quote) cell += text[++i]
      else if (char === dialect.quote) isQuoted = false
      else cell += char
    } else if (char === dialect.quote && dialect.quote !== '' && cell === '') isQuoted = true
    else if (char === dialect.delimiter) {
      cells.push(cell)
      cell = ''
    } else cell += char
  }
  cells.push(cell)
  return cells
}
