import { defineConfig } from '@playwright/test'

/** The window in an ordinary Chromium, over the bridge. */
export default defineConfig({
  testDir: 'flows',
  outputDir: '../../target/flows-results',
  globalSetup: './support/samples.ts',
  workers: 2,
  fullyParallel: true,
  retries: 0,
  forbidOnly: true,
  reporter: [['list']],
  timeout: 60_000,
  expect: { timeout: 15_000 },
  use: {
    browserName: 'chromium',
    viewport: { width: 1180, height: 760 },
    locale: 'en-GB',
    actionTimeout: 15_000,
    // What moves would be compared with itself while it moves; `motion.spec.ts` looks at motion.
    contextOptions: { reducedMotion: 'reduce' },
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
})
