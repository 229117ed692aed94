/** Words of the welcome page, and of its three choices wherever they stand. */
import { size } from '../format'

export const welcome = {
  title: 'What would you like to do first?',
  windowTitle: 'Welcome',
  subtitle: 'No account needed to look around.',
  get: 'Get an image',
  getNote: 'Search, or paste any link',
  getLabel: 'Link or name',
  getHint: 'A library:// link, or a name',
  getButton: 'Get',
  share: 'Share an image',
  shareNote: 'You sign in when you upload',
  drop: 'Drop a .sif file here',
  choose: 'Choose file…',
  connect: 'Connect a server',
  connectNote: 'Your lab’s library, or another one',
  connectLabel: 'Server address',
  connectHint: 'hub.uni.example',
  connectButton: 'Connect',
  example: 'Try it with alpine, 3 MiB',
  exampleLink: 'library://library/default/alpine:latest',
  lookAround: 'Just look around',
  found: (program: string) => `${program} found`,
  proxy: 'Using the system proxy',
  folder: (name: string, free: number | null) => (free === null ? name : `${name}, ${size(free)} free`),
}
