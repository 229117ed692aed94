/** The window's sentences all stand in the catalogue, and the catalogue holds nothing else. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'svelte/compiler'
import { describe, expect, it } from 'vitest'

import { words } from './words'

const src = join(import.meta.dirname, '..')
const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.(svelte|ts)$/.test(file) && !file.endsWith('.test.ts'))
  .map((file) => ({ file, text: readFileSync(join(src, file), 'utf8') }))
const components = files.filter(({ file }) => file.endsWith('.svelte'))

/** Attributes that a person reads or hears. */
const SAID = [
  'aria-label',
  'aria-description',
  'title',
  'placeholder',
  'alt',
  'label',
  'text',
  'note',
  'hint',
]

interface Node {
  type: string
  [key: string]: unknown
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as Node).type === 'string'
}

function walk(node: unknown, visit: (node: Node) => void): void {
  if (Array.isArray(node)) return node.forEach((one) => walk(one, visit))
  if (!isNode(node)) return
  visit(node)
  for (const [key, value] of Object.entries(node)) if (key !== 'parent') walk(value, visit)
}

/** A word: two letters in a row. */
const isSaid = (text: unknown) => typeof text === 'string' && /\p{L}{2}/u.test(text)

/** What `look` finds in the templates, each with its file. */
function inTemplates(look: (node: Node) => string | null): string[] {
  return components.flatMap(({ file, text }) => {
    const found: string[] = []
    walk(parse(text, { modern: true }).fragment, (node) => {
      const what = look(node)
      if (what !== null) found.push(`${file}: ${what}`)
    })
    return found
  })
}

describe('components', () => {
  it('hold no sentence of their own', () => {
    const found = inTemplates((node) => {
      if (node.type === 'Text') return isSaid(node.data) ? String(node.data).trim() : null
      if (node.type !== 'Attribute' && node.type !== 'StyleDirective') return null
      const [first] = Array.isArray(node.value) ? (node.value as Node[]) : []
      const said = SAID.includes(String(node.name)) && first?.type === 'Text' && isSaid(first.data)
      // What else attributes hold is no text that a person reads.
      if (node.value !== true && Array.isArray(node.value)) node.value = null
      return said ? `${String(node.name)}="${String(first.data)}"` : null
    })
    expect(components.length).toBeGreaterThan(50)
    expect(found).toEqual([])
  })

  it('ask for no style or markup that a strict policy forbids', () => {
    const found = inTemplates((node) => {
      if (node.type === 'Attribute' && node.name === 'style') return 'style attribute'
      return node.type === 'HtmlTag' ? '{@html}' : null
    })
    expect(found).toEqual([])
  })
})

describe('the source', () => {
  it('knows Tauri in one file only', () => {
    const knowing = files.filter(({ text }) => text.includes('@tauri-apps')).map(({ file }) => file)
    expect(knowing).toEqual(['host/tauri.ts'])
  })

  it('keeps every file short enough to read', () => {
    const long = files
      .filter(({ file, text }) => !file.startsWith('contract/generated') && text.split('\n').length > 401)
      .map(({ file }) => file)
    expect(long).toEqual([])
  })

  it('uses every icon that is drawn, and draws every icon that has a name', () => {
    const sprite = files.find(({ file }) => file === 'components/IconSprite.svelte')!.text
    const names = files.find(({ file }) => file === 'components/icons.ts')!.text
    const drawn = [...sprite.matchAll(/<symbol id="i-([\w-]+)"/g)].map((match) => match[1]!)
    const named = [...names.matchAll(/\| '([\w-]+)'/g)].map((match) => match[1]!)
    expect(drawn.toSorted()).toEqual(named.toSorted())
    const rest = files.filter(({ file }) => !/components\/(IconSprite|icons)/.test(file))
    const unused = drawn.filter((name) => !rest.some(({ text }) => new RegExp(`['"]${name}['"]`).test(text)))
    expect(unused).toEqual([])
  })
})

describe('the catalogue', () => {
  /** `area.key` of everything that can be said. */
  const keys = Object.entries(words).flatMap(([area, said]) =>
    Object.keys(said).map((key) => ({ area, key })),
  )
  const sources = files.filter(({ file }) => !file.startsWith('words/'))

  it('says nothing that is never used', () => {
    const unused = keys
      .filter(({ area, key }) => {
        // Areas are also handed on by a short name: `const say = words.uploads.effects`.
        const use = new RegExp(`words\\.${area}\\.${key}\\b`)
        return !sources.some(({ text }) => use.test(text))
      })
      .map(({ area, key }) => `${area}.${key}`)
    expect(unused).toEqual([])
  })

  it('has every key that is asked for', () => {
    const asked = sources.flatMap(({ text }) => [...text.matchAll(/\bwords\.(\w+)\.(\w+)/g)])
    const missing = asked
      .filter(([, area, key]) => !(key! in (words as unknown as Record<string, object>)[area!]!))
      .map(([use]) => use)
    expect(asked.length).toBeGreaterThan(200)
    expect(missing).toEqual([])
  })

  it('writes plain sentences: no shouting, no code names', () => {
    const said: string[] = []
    const collect = (value: unknown): void => {
      if (typeof value === 'string') said.push(value)
      else if (typeof value === 'object' && value !== null) Object.values(value).forEach(collect)
    }
    collect(words)
    for (const text of said) expect(text).not.toMatch(/!$|\bOK\b|\bSubmit\b|\w+_\w+|\bundefined\b/)
  })
})
