/** A proxy, an authority, a certificate that was accepted, and a diagnosis. */
import type {
  CertificateView,
  Check,
  CheckKind,
  CheckOutcome,
  DiagnosisView,
  NetworkView,
  ServerAddresses,
} from '../../contract/generated'
import type { Script } from '../fake'
import { uiError } from '../fake'

const PRINT =
  '3A:9F:11:C4:5B:0E:77:21:D8:6C:42:90:AE:13:5F:08:B4:66:29:F1:0D:83:7B:5C:E2:48:91:3D:A6:70:1F:C9'

const certificate = (subject: string, issuer: string): CertificateView => ({
  fingerprint: PRINT,
  subject,
  issuer,
  from: '2026-01-12T00:00:00Z',
  until: '2028-01-12T00:00:00Z',
  ended: false,
  names: ['registry.lab', 'library.lab'],
})

export const network: NetworkView = {
  proxy: { mode: 'system', kind: 'http', host: '', port: 0, user: '', bypass: [] },
  password: null,
  inUse: null,
  authorities: [],
  trusted: [],
}

export const manualNetwork: NetworkView = {
  proxy: {
    mode: 'manual',
    kind: 'http',
    host: 'proxy.uni.example',
    port: 3128,
    user: 'ada',
    bypass: ['uni.example', '10.0.0.0/8'],
  },
  password: { kind: 'keychain', name: 'Secret Service' },
  inUse: 'proxy.uni.example:3128',
  authorities: [certificate('Lab CA', 'Lab CA')],
  trusted: [{ host: 'registry.lab', certificate: certificate('registry.lab', 'registry.lab') }],
}

const row = (kind: CheckKind, outcome: CheckOutcome): Check => ({ kind, outcome })

export const finished: DiagnosisView = {
  id: 'd1',
  subject: 'hub.uni.example',
  done: true,
  hosts: [
    {
      host: 'hub.uni.example',
      checks: [
        row('name', { kind: 'good', seen: { kind: 'addresses', addresses: ['192.0.2.7'] } }),
        row('proxy', { kind: 'skipped', why: 'no_proxy' }),
        row('connection', { kind: 'good', seen: { kind: 'connected', to: '192.0.2.7:443' } }),
        row('encryption', {
          kind: 'good',
          seen: { kind: 'secured', issuer: 'Uni CA', until: '2027-06-01T00:00:00Z', pinned: false },
        }),
        row('discovery', { kind: 'good', seen: { kind: 'services', count: 3 } }),
        row('library', { kind: 'good', seen: { kind: 'version', version: '1.4.2' } }),
        row('sign_in', { kind: 'good', seen: { kind: 'sign_in_page', providers: 2 } }),
        row('account', {
          kind: 'bad',
          error: uiError('token_refused', { params: { server: 'hub.uni.example' } }),
        }),
      ],
    },
    {
      host: 'keys.uni.example',
      checks: [
        row('name', { kind: 'good', seen: { kind: 'addresses', addresses: ['192.0.2.8'] } }),
        row('proxy', { kind: 'skipped', why: 'no_proxy' }),
        row('connection', { kind: 'good', seen: { kind: 'connected', to: '192.0.2.8:443' } }),
        row('encryption', {
          kind: 'bad',
          error: uiError('certificate_untrusted', {
            params: {
              server: 'keys.uni.example',
              host: 'keys.uni.example',
              fingerprint: PRINT,
              issuer: 'Lab CA',
            },
          }),
        }),
        row('keys', { kind: 'skipped', why: 'earlier' }),
      ],
    },
  ],
}

export const addresses: ServerAddresses = {
  serverId: 'uni',
  services: [
    { service: 'library', discovered: 'https://library.uni.example', entered: null },
    { service: 'keys', discovered: 'https://keys.uni.example', entered: 'https://keys.openpgp.org' },
    { service: 'builder', discovered: null, entered: null },
    { service: 'registry', discovered: null, entered: null },
  ],
}

export const networkScript: Script = {
  network_get: () => network,
  network_set_proxy: (proxy) => ({ ...network, proxy }),
  network_add_authority: () => manualNetwork,
  network_remove_authority: () => network,
  network_forget_host: () => network,
  certificate_show: ({ host }) => ({
    host,
    shown: certificate('registry.lab', 'Lab CA'),
    accepted: null,
    acceptable: true,
  }),
  certificate_trust: () => manualNetwork,
  diagnosis_start: () => finished,
  diagnosis_stop: () => ({}),
  diagnosis_copy_report: () => ({}),
  server_addresses: () => addresses,
  server_set_addresses: () => addresses,
}
