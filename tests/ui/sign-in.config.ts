import { defineConfig } from '@playwright/test'

import flows from './playwright.config'

/**
 * Signing in at providers that are played by real authorization servers, with a real keychain. Apart from the other
 * flows, because it needs more programs: `cargo xtask e2e sign-in`.
 */
export default defineConfig({
  ...flows,
  testDir: 'sign-in',
  outputDir: '../../target/sign-in-results',
  timeout: 90_000,
})
