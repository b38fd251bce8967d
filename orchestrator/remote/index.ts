// Door of what the command line needs of a server: finding the process that serves a home, and asking it. It serves
// nothing and loads little, so that short commands start fast.

export { findServer, forward } from './client.ts'
export { readServerFile, type ServerFile, writeServerFile } from './server-file.ts'
