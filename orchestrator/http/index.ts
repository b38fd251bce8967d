// Door of HTTP: serving a home, and finding and asking the process that does.

export { findServer, forward } from './client.ts'
export { type ServeOptions, type Serving, serve } from './serve.ts'
export type { ServerFile } from './server-file.ts'
