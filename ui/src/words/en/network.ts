// Words of Settings › Network, of certificates, and of addresses that are entered by hand.

import type { ProxyKind, ServiceKind, Storage } from '../../contract/generated'

/** What the system's proxy is, which differs. */
const SYSTEM: Record<string, string> = {
  linux:
    'The environment says: HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY. Where it names no proxy, the settings of the desktop count, with their script (PAC) where the desktop runs it.',
  macos:
    'The proxies of the network settings and of the environment. Scripts that choose a proxy (PAC) are not run.',
  windows:
    'The proxy of the internet settings and of the environment. Scripts that choose a proxy (PAC) are not run.',
}

export const network = {
  title: 'Network',
  proxy: 'Proxy',
  modes: { system: 'System', direct: 'None', manual: 'Manual' },
  proxyNote: (mode: 'system' | 'direct' | 'manual', inUse: string | null, os: string) => {
    if (mode === 'direct') return 'Other computers are reached directly.'
    const now = inUse === null ? 'None is used now.' : `${inUse} is used now.`
    return mode === 'manual' ? now : `${now} ${SYSTEM[os] ?? SYSTEM.linux}`
  },
  kind: 'Kind',
  kinds: { http: 'HTTP', https: 'HTTPS', socks5: 'SOCKS 5' } satisfies Record<ProxyKind, string>,
  host: 'Host',
  hostHint: 'proxy.example',
  port: 'Port',
  portHint: '3128',
  badPort: 'A number from 1 to 65535.',
  user: 'Name, if the proxy asks for one',
  bypass: 'Reach directly',
  bypassHint: 'lab.example, 10.0.0.0/8',
  bypassNote: 'A name counts with everything below it. This computer is always reached directly.',
  save: 'Use this proxy',
  saved: 'The proxy is set',
  password: 'Password of the proxy',
  passwordKept: (storage: Storage) =>
    storage.kind === 'keychain'
      ? `Kept in ${storage.name}`
      : storage.kind === 'vault'
        ? 'Kept in the vault, encrypted'
        : 'Kept until Sifter quits',
  passwordNone: 'None is kept',
  passwordSet: 'Set password…',
  passwordChange: 'Change…',
  passwordForget: 'Forget',
  passwordTitle: 'Password of the proxy',
  passwordNote: (user: string, host: string) =>
    `For ${user} at ${host}. It goes into the keychain and nowhere else.`,
  passwordField: 'Password',
  passwordKeep: 'Keep',
  authorities: 'Certificate authorities',
  authoritiesNote: 'Believed beside those of the operating system, which always count.',
  addAuthority: 'Add a CA…',
  authorityUntil: (until: string) => `until ${until}`,
  ended: (until: string) => `ended ${until}`,
  removeAuthority: (name: string) => `Remove ${name}`,
  removedAuthority: (name: string) => `${name} is not believed any more`,
  trusted: 'Trusted for one server',
  trustedNote: 'Certificates that you have accepted by their fingerprint.',
  forgetHost: (host: string) => `Stop trusting the certificate of ${host}`,
  forgotHost: (host: string) => `The certificate of ${host} is not trusted any more`,
  remove: 'Remove',
}

export const certificate = {
  title: (host: string) => `Certificate of ${host}`,
  changedTitle: (host: string) => `Another certificate of ${host}`,
  note: 'Ask the administrator of the server for the fingerprint, on another way than this connection, and compare.',
  changedNote: 'Before, you accepted another one. Ask the administrator whether it was renewed.',
  invalidNote: 'This one cannot be accepted.',
  fingerprint: 'SHA-256',
  before: 'Before',
  subject: 'Issued to',
  issuer: 'Issued by',
  from: 'Good from',
  until: 'Good until',
  names: 'For',
  noNames: 'no server in particular',
  copy: 'Copy fingerprint',
  trust: 'Trust this certificate for this server',
  cancel: 'Cancel',
  trusted: (host: string) => `Trusted for ${host} only`,
}

export const addresses = {
  open: 'Edit addresses…',
  title: (server: string) => `Addresses of ${server}`,
  note: 'An address that you enter is asked first, and counts instead of the one that the server names.',
  services: {
    library: 'Library',
    keys: 'Key server',
    builder: 'Build service',
    registry: 'Registry',
  } satisfies Record<ServiceKind, string>,
  discovered: (url: string | null) => (url === null ? 'The server names none.' : `As discovered: ${url}`),
  backOne: (service: string) => `${service} as discovered`,
  token:
    'A sign-in is sent only to where it was made. On another host, sign in again. Where the library keeps images in a registry, they are sent to and fetched from the one that you enter.',
  save: 'Check and save',
  saving: 'Asking…',
  saved: (server: string) => `Addresses of ${server} saved`,
  cancel: 'Cancel',
}
