/** A look at a page in both themes: a picture to keep, and what axe finds. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'

import { expect, type Page } from '@playwright/test'

import { accessibility } from './inspect'
import { root } from './programs'

const pictures = join(root, 'target/flows')

export async function look(page: Page, name: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    mkdirSync(join(pictures, colorScheme), { recursive: true })
    await page.emulateMedia({ colorScheme })
    await page.screenshot({ path: join(pictures, colorScheme, `${name}.png`) })
    expect.soft(await accessibility(page), `${name}, ${colorScheme}`).toEqual([])
  }
}
