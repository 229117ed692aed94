const found = []
const name = (element) => {
  const text = element.getAttribute('aria-label') ?? element.textContent
  return `<${element.tagName.toLowerCase()} class="${element.className}"> ${text.trim().slice(0, 40)}`
}
const html = document.documentElement
if (html.scrollWidth > innerWidth) found.push(`the page is ${html.scrollWidth} px wide`)
if (html.scrollHeight > innerHeight) found.push(`the page is ${html.scrollHeight} px high`)

const scope = document.querySelector('dialog[open]') ?? document.body
const scrolls = (style) => /auto|scroll/.test(style.overflowX + style.overflowY)
for (const element of [scope, ...scope.querySelectorAll('*')])
  if (scrolls(getComputedStyle(element)) && element.scrollWidth > element.clientWidth + 1)
    found.push(`scrolls sideways: ${name(element)}`)

/** The part of the window in which an element can be seen now. */
const clip = (element) => {
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
const controls = 'button, input, textarea, select, a[href], [role="option"], [role="switch"], tr[tabindex]'
for (const control of scope.querySelectorAll(controls)) {
  const style = getComputedStyle(control)
  const box = control.getBoundingClientRect()
  if (style.visibility === 'hidden' || style.opacity === '0' || box.width < 2 || box.height < 2) continue
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
  if (!own && there && !there.closest('[role="log"], [role="menu"], .inspector'))
    found.push(`covered: ${name(control)} by ${name(there)}`)
}
return found
