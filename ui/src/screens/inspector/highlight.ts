/** Colours for definition files: headers, sections, comments, quoted texts and numbers. */
import type { CodePiece } from '../../components/CodeLines.svelte'

/** Longer lines are shown plain: nobody reads them, and a hostile file has no end of them. */
const LONGEST_LINE = 2000

const HEADER = /^([A-Za-z][A-Za-z0-9_-]*:)(.*)$/
const SECTION = /^(%[A-Za-z]+)(.*)$/
const WORDS = /("[^"]*"|'[^']*')|((?<![\w.])\d+(?:\.\d+)*(?![\w.]))/g

/** The lines of a text without colours. */
export function plainLines(text: string): CodePiece[][] {
  return text.split('\n').map((line) => [{ text: line }])
}

export function highlight(text: string): CodePiece[][] {
  let inSection = false
  const lines = text.replace(/\r\n?/g, '\n').replace(/\n+$/, '').split('\n')
  return lines.map((line) => {
    if (line.length > LONGEST_LINE) return [{ text: line }]
    const section = SECTION.exec(line)
    if (section) {
      inSection = true
      return [{ text: section[1] ?? '', kind: 'key' }, ...inLine(section[2] ?? '')]
    }
    if (line.trimStart().startsWith('#')) return [{ text: line, kind: 'comment' }]
    const header = inSection ? null : HEADER.exec(line)
    if (header) return [{ text: header[1] ?? '', kind: 'key' }, { text: header[2] ?? '' }]
    return inLine(line)
  })
}

function inLine(text: string): CodePiece[] {
  const pieces: CodePiece[] = []
  let from = 0
  for (const match of text.matchAll(WORDS)) {
    if (match.index > from) pieces.push({ text: text.slice(from, match.index) })
    pieces.push({ text: match[0], kind: match[1] === undefined ? 'number' : 'string' })
    from = match.index + match[0].length
  }
  if (from < text.length) pieces.push({ text: text.slice(from) })
  return pieces
}
