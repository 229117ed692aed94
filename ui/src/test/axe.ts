/** Runs axe-core over a piece of the window. Contrast and the look of names need a real browser. */
import axe from 'axe-core'

export async function violations(element: Element): Promise<string[]> {
  const restore = rememberStyles()
  try {
    const result = await axe.run(element, {
      preload: false,
      resultTypes: ['violations'],
      rules: {
        'color-contrast': { enabled: false },
        'label-content-name-mismatch': { enabled: false },
        region: { enabled: false },
      },
    })
    return result.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(' | ')}`)
  } finally {
    restore()
  }
}

/** Nothing changes while axe looks, and jsdom takes long to compute a style. */
function rememberStyles(): () => void {
  const compute = window.getComputedStyle.bind(window)
  const known = new Map<Element, CSSStyleDeclaration>()
  window.getComputedStyle = (element) => {
    const style = known.get(element) ?? compute(element)
    known.set(element, style)
    return style
  }
  return () => {
    window.getComputedStyle = compute
  }
}
