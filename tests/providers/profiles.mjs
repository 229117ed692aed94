/** How the three that speak OpenID Connect differ, as their own documentation has it. */
import { person } from './clients.mjs'

/** The tenant of Microsoft's people. */
const TENANT = '11111111-2222-3333-4444-555555555555'

export const PROFILES = {
    /** Says its issuer in every answer to the browser, and wants the secret of a desktop app. */
    google: {
        mount: '',
        issuer: (origin) => origin,
        saysIssuer: true,
        appAuth: 'client_secret_post',
        redirect: 'http://127.0.0.1/',
        claims: ['hd', 'picture'],
        describe: (login) => ({ ...usual(login), hd: 'example.org' }),
        metadata: (document) => document,
    },
    /** Lies below a path, lives for two minutes, and takes programs without a secret. */
    gitlab: {
        mount: '/gitlab',
        issuer: (origin) => `${origin}/gitlab`,
        saysIssuer: false,
        appAuth: 'none',
        redirect: 'http://127.0.0.1/callback',
        claims: ['nickname', 'groups_direct'],
        describe: (login) => ({ ...usual(login), nickname: login, groups_direct: ['lab'] }),
        idTokenLife: 120,
        metadata: (document) => document,
    },
    /** One description for all tenants, tokens of one; people come back to `localhost`; no list of challenge methods. */
    microsoft: {
        mount: '/organizations/v2.0',
        issuer: (origin) => `${origin}/${TENANT}/v2.0`,
        saysIssuer: false,
        appAuth: 'none',
        redirect: 'http://localhost/',
        claims: ['tid', 'oid', 'ver'],
        describe: (login) => ({
            ...usual(login),
            preferred_username: `${login}@example.org`,
            tid: TENANT,
            oid: `00000000-0000-0000-0000-${String(person(login).number).padStart(12, '0')}`,
            ver: '2.0',
        }),
        metadata: (document, origin) => {
            const { code_challenge_methods_supported: _, ...rest } = document
            return { ...rest, issuer: `${origin}/{tenantid}/v2.0` }
        },
    },
}

function usual(login) {
    const { name, email, number } = person(login)
    return { sub: String(number), name, email, email_verified: true, preferred_username: login }
}
