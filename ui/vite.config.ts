import { svelte } from '@sveltejs/vite-plugin-svelte'
import { svelteTesting } from '@testing-library/svelte/vite'
import { defineConfig } from 'vitest/config'

/** Address of a running bridge, for `npm run dev` against the real thing. */
const bridge = process.env.SIFTER_BRIDGE ?? 'http://127.0.0.1:4470'

export default defineConfig({
  plugins: [svelte(), svelteTesting()],
  build: {
    target: ['safari16.4', 'chrome111'],
    // The content security policy allows no data: URLs for scripts, styles or fonts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: { port: 5173, strictPort: true, host: '127.0.0.1', proxy: { '/api': bridge } },
  preview: { host: '127.0.0.1', proxy: { '/api': bridge } },
  test: {
    environment: 'jsdom',
    include: ['src/**/*.test.ts'],
    setupFiles: ['src/test/setup.ts'],
    restoreMocks: true,
    // The tests share nothing but the modules, which hold no state of their own.
    isolate: false,
    // Time enough for axe on a machine that is busy with other things.
    testTimeout: 20_000,
  },
})
