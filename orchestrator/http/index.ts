// Door of HTTP: serving a home, and finding and asking the process that does.

export { isLoopback } from './access.ts'
export { createApp } from './app.ts'
export { findServer, forward } from './client.ts'
export type { App, AppParts, PageHandler } from './parts.ts'
export { type Beside, type ServeOptions, type Serving, serve } from './serve.ts'
export type { ServerFile } from './server-file.ts'
