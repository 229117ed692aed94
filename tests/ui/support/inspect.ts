/** Two inspectors of a page as it stands: accessibility by axe, and whether everything has its place. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

import type { Page } from '@playwright/test'
import type { AxeResults } from 'axe-core'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

const STANDARDS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/** What axe finds, a line for each element. */
export async function accessibility(page: Page): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe)
  const results = await page.evaluate(async (standards) => {
    const { axe } = window as unknown as { axe: { run: (options: object) => Promise<AxeResults> } }
    return await axe.run({ runOnly: standards, preload: false, resultTypes: ['violations'] })
  }, STANDARDS)
  const looked = [...results.passes, ...results.incomplete, ...results.violations]
  if (!looked.some((rule) => rule.id === 'color-contrast')) return ['no colours were looked at']
  return results.violations.flatMap((rule) =>
    rule.nodes.map((node) => `${rule.id}: ${node.target.join(' ')} ${node.any[0]?.message ?? rule.help}`),
  )
}

/** What is wider than its place, covered by something else, or out of reach. */
export async function layout(page: Page): Promise<string[]> {
  return await page.evaluate(() => {
    const found: string[] = []
    const name = (element: Element) => {
      const text = element.getAttribute('aria-label') ?? element.textContent
      return `<${element.tagName.toLowerCase()} class="${element.className}"> ${text.trim().slice(0, 40)}`
    }
    const { documentElement: html } = document
    if (html.scrollWidth > innerWidth) found.push(`the page is ${html.scrollWidth} px wide`)
    if (html.scrollHeight > innerHeight) {
      const low = [...document.querySelectorAll('*')].filter(
        (element) => element.getBoundingClientRect().bottom > innerHeight,
      )
      found.push(`the page is ${html.scrollHeight} px high: ${low.map(name).join(', ')}`)
    }

    const scope = document.querySelector('dialog[open]') ?? document.body
    const scrolls = (style: CSSStyleDeclaration) => /auto|scroll/.test(style.overflowX + style.overflowY)
    for (const element of [scope, ...scope.querySelectorAll('*')]) {
      if (scrolls(getComputedStyle(element)) && element.scrollWidth > element.clientWidth + 1) {
        found.push(`scrolls sideways: ${name(element)}`)
      }
    }

    /** The part of the window in which an element can be seen now. */
    const clip = (element: Element) => {
      const box = { left: 0, top: 0, right: innerWidth, bottom: innerHeight, scrollable: false }
      for (let at = element.parentElement; at; at = at.parentElement) {
        const style = getComputedStyle(at)
        if (style.overflow === 'visible') continue
        const around = at.getBoundingClientRect()
        if (scrolls(style)) box.scrollable = true
        box.left = Math.max(box.left, around.left)
        box.top = Math.max(box.top, around.top)
        box.right = Math.min(box.right, around.right)
        box.bottom = Math.min(box.bottom, around.bottom)
      }
      return box
    }
    const controls =
      'button, input, textarea, select, a[href], [role="option"], [role="switch"], tr[tabindex]'
    for (const control of scope.querySelectorAll<HTMLElement>(controls)) {
      if (!control.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue
      const box = control.getBoundingClientRect()
      if (box.width < 2 || box.height < 2) continue
      const [x, y] = [box.left + box.width / 2, box.top + box.height / 2]
      const seen = clip(control)
      if (x < seen.left || x > seen.right || y < seen.top || y > seen.bottom) {
        if (!seen.scrollable) found.push(`out of reach: ${name(control)}`)
        continue
      }
      const there = document.elementFromPoint(x, y)
      const own =
        there !== null &&
        (control.contains(there) || there.contains(control) || there.closest('label')?.contains(control))
      // What floats over the page on purpose is there until it is dismissed.
      if (!own && there && !there.closest('[role="log"], [role="menu"], .inspector')) {
        found.push(`covered: ${name(control)} by ${name(there)}`)
      }
    }
    return found
  })
}
