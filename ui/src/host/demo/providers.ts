/** What the demo is called at identity providers. */
import type { ProviderClient } from '../../contract/generated'
import type { Script } from '../fake'

const client = (kind: ProviderClient['kind'], rest: Partial<ProviderClient> = {}): ProviderClient => ({
  kind,
  clientId: '',
  fromBuild: false,
  address: null,
  tenant: null,
  secret: 'never',
  hasSecret: false,
  ...rest,
})

export const providerClients: ProviderClient[] = [
  client('google', { clientId: '1234-sifter.apps.googleusercontent.com', secret: 'always', hasSecret: true }),
  client('github', { address: 'https://github.com', secret: 'for_browser' }),
  client('gitlab', { address: 'https://git.uni.example' }),
  client('microsoft', { tenant: 'organizations' }),
]

export const providerScript: Script = {
  provider_clients: () => providerClients,
  provider_client_set: (wanted) =>
    providerClients.map((one) =>
      one.kind === wanted.kind
        ? { ...one, clientId: wanted.clientId, address: wanted.address ?? one.address, hasSecret: false }
        : one,
    ),
  provider_client_paste_secret: ({ kind }) =>
    providerClients.map((one) => (one.kind === kind ? { ...one, hasSecret: true } : one)),
  provider_client_forget_secret: ({ kind }) =>
    providerClients.map((one) => (one.kind === kind ? { ...one, hasSecret: false } : one)),
}
