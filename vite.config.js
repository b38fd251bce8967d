// How Vite builds the dashboard. Its root is dashboard/, because SvelteKit refuses a svelte.config.js in the root.

import { sveltekit } from '@sveltejs/kit/vite'
import tailwindcss from '@tailwindcss/vite'
import { defineConfig } from 'vite'
import config from './svelte.config.js'

export default defineConfig({
  root: 'dashboard',
  plugins: [tailwindcss(), sveltekit(config)],
  build: { chunkSizeWarningLimit: 1200 },
})
