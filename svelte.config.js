// How SvelteKit builds the dashboard: sources in dashboard/, output for Node below dashboard/build, a strict policy.

import adapter from '@sveltejs/adapter-node'

/**
 * Settings of SvelteKit and of the compiler. `adapter.out` is relative to the current folder; Detour gives
 * the folder a name of its own afterwards, so that a build does not pull files away from under a server that runs.
 */
export default {
  adapter: adapter({ out: 'dashboard/build/new', precompress: false }),
  files: { src: '.' },
  compilerOptions: { runes: true },
  csp: {
    mode: 'hash',
    directives: {
      'default-src': ['self'],
      'script-src': ['self'],
      'style-src': ['self'],
      'style-src-attr': ['unsafe-inline'],
      'img-src': ['self', 'data:'],
      'font-src': ['self'],
      'connect-src': ['self'],
      'object-src': ['none'],
      'base-uri': ['none'],
      'form-action': ['self'],
      'frame-ancestors': ['none'],
    },
  },
  version: { name: '1', pollInterval: 0 },
}
