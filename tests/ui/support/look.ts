/** A look at a page: a picture to keep in `target/flows`, and what is not in order about it. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'

import { expect, type Page } from '@playwright/test'

import { accessibility, layout } from './inspect'
import { root } from './programs'

/** The ways in which a screen is looked at: both themes, and as small as the window gets. */
export const LOOKS = [
  { name: 'light', colorScheme: 'light', viewport: { width: 1180, height: 760 } },
  { name: 'dark', colorScheme: 'dark', viewport: { width: 1180, height: 760 } },
  { name: 'smallest', colorScheme: 'light', viewport: { width: 720, height: 480 } },
] as const

/** As the page is: its layout and what axe finds. `how` names the folder of the picture. */
export async function lookAt(page: Page, name: string, how: string): Promise<void> {
  await see(page, name, how)
  expect.soft(await layout(page), `the layout of ${name}, ${how}`).toEqual([])
}

/** In both themes, for what axe finds. */
export async function look(page: Page, name: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    await see(page, name, colorScheme)
  }
}

async function see(page: Page, name: string, how: string): Promise<void> {
  const folder = join(root, 'target/flows', how)
  mkdirSync(folder, { recursive: true })
  await page.screenshot({ path: join(folder, `${name}.png`) })
  expect.soft(await accessibility(page), `axe on ${name}, ${how}`).toEqual([])
}
