// Door of HTTP: serving a home.

export { isLoopback } from './access.ts'
export { createApp } from './app.ts'
export type { App, AppParts, PageHandler } from './parts.ts'
export { type Beside, type ServeOptions, type Serving, serve } from './serve.ts'
