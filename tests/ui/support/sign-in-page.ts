/** The library's sign-in page as a browser without a window handles it. */
import { get } from 'node:http'

/** Presses "Continue as …" on the page that a link leads to. */
export async function approve(link: string): Promise<void> {
  const page = await fetch(link)
  const html = await page.text()
  if (!html.includes('Continue as')) throw new Error(`no sign-in page at the link: ${page.status}`)
  const form = new URLSearchParams({ decision: 'allow' })
  const fields = /<input type="hidden" name="(\w+)" value="([^"]*)">/g
  for (const [, name = '', value = ''] of html.matchAll(fields)) {
    form.set(name, value.replaceAll('&#39;', "'").replaceAll('&quot;', '"').replaceAll('&amp;', '&'))
  }
  const answer = await fetch(new URL('authorize', link), { method: 'POST', body: form, redirect: 'manual' })
  const back = answer.headers.get('location')
  if (!back) throw new Error(`the sign-in page answered ${answer.status}: ${await answer.text()}`)
  await follow(back)
}

/** Follows the redirect to the app. It answers no request that a script of a page could make, as `fetch` does. */
async function follow(link: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const request = get(link, (answer) => {
      answer.resume()
      if (answer.statusCode === 200) resolve()
      else reject(new Error(`the app answered ${answer.statusCode}`))
    })
    request.on('error', reject)
  })
}
