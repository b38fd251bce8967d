// Door of the home: paths and lock.

export { type HomeLock, type HomePaths, homePaths, lockHome, type Owner } from './home.ts'
