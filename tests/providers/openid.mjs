/** A certified OpenID provider with the habits of a profile. */
import { generateKeyPairSync } from 'node:crypto'

import { Provider } from 'oidc-provider'

import { APP, LIBRARY } from './clients.mjs'

/** The page that people choose an account on is the one that they sign in on here. */
const CHOOSE = /prompt=select_account/

/** Answers requests as the provider that a profile describes. */
export async function openid(profile, origin, callback) {
    const issuer = profile.issuer(origin)
    const provider = new Provider(issuer, configuration(profile, callback))
    provider.use(async (ctx, next) => {
        await next()
        if (ctx.path === '/.well-known/openid-configuration') {
            const { authorization_response_iss_parameter_supported: says, ...rest } = ctx.body
            const document = profile.saysIssuer
                ? { ...rest, authorization_response_iss_parameter_supported: says }
                : rest
            ctx.body = profile.metadata(document, origin)
        }
        // Only who announces the parameter sends it (RFC 9207).
        const location = ctx.response.get('location') ?? ''
        if (!profile.saysIssuer && location.includes('code=')) {
            const back = new URL(location)
            back.searchParams.delete('iss')
            ctx.response.set('location', back.href)
        }
    })
    const handle = provider.callback()
    return (request, response) => {
        if (!request.url.startsWith(`${profile.mount}/`)) {
            response.writeHead(404).end()
            return
        }
        // What is left of the one is looked for in the other, to find where the server is mounted.
        request.originalUrl = request.url.replace(CHOOSE, 'prompt=login')
        request.url = request.originalUrl.slice(profile.mount.length)
        handle(request, response)
    }
}

function configuration(profile, callback) {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const key = { ...privateKey.export({ format: 'jwk' }), kid: 'key-1', use: 'sig', alg: 'RS256' }
    const client = { grant_types: ['authorization_code'], response_types: ['code'] }
    const library = {
        ...client,
        client_id: LIBRARY.id,
        client_secret: LIBRARY.secret,
        application_type: 'web',
        token_endpoint_auth_method: 'client_secret_post',
        redirect_uris: [callback],
    }
    const app = {
        ...client,
        client_id: APP.id,
        application_type: 'native',
        token_endpoint_auth_method: profile.appAuth,
        ...(profile.appAuth === 'none' ? {} : { client_secret: APP.secret }),
        redirect_uris: [profile.redirect],
    }
    const personal = ['name', 'preferred_username', ...profile.claims]
    return {
        clients: [library, app],
        jwks: { keys: [key] },
        scopes: ['openid', 'profile', 'email'],
        claims: { openid: ['sub'], profile: personal, email: ['email', 'email_verified'] },
        // All four put the person into the ID token.
        conformIdTokenClaims: false,
        clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'none'],
        features: { devInteractions: { enabled: true }, revocation: { enabled: true } },
        pkce: { required: () => true },
        cookies: { keys: ['of a test'] },
        findAccount: (_, login) => ({ accountId: login, claims: () => profile.describe(login) }),
        ttl: {
            AccessToken: 3600,
            AuthorizationCode: 60,
            Grant: 3600,
            IdToken: profile.idTokenLife ?? 3600,
            Interaction: 600,
            Session: 3600,
        },
    }
}
