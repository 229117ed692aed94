/** Words of the search results. */
import { count } from '../format'

export const search = {
  title: (text: string) => `“${text}”`,
  results: (n: number) => count(n, 'result'),
  scope: 'Search in',
  everywhere: 'Everywhere',
  label: (text: string) => `Results for ${text}`,
  name: 'Name',
  tags: 'Tags',
  archs: 'Architectures',
  size: 'Size',
  server: 'Server',
  nothingOn: (text: string, server: string) =>
    `Nothing called “${text}” on ${server}. Search all your servers?`,
  nothing: (text: string) => `Nothing called “${text}” on your servers.`,
  searchEverywhere: 'Search everywhere',
  connect: 'Connect a server…',
  unanswered: (servers: string[]) => `No answer from ${servers.join(', ')}.`,
}
