/**
 * A small imitation of GitHub, with what makes it unlike the others: no metadata and no ID tokens, refusals with status
 * 200, form encoding unless JSON is asked for, scopes separated by commas, a secret for the way by the browser and none
 * for the way by a code, and an interface that tells an application which tokens are its own.
 */
import { createHash, randomBytes } from 'node:crypto'

import { APP, LIBRARY, person } from './clients.mjs'

const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code'

export function github(origin, callback) {
    const apps = new Map([
        [LIBRARY.id, { secret: LIBRARY.secret, back: new URL(callback), anyPort: false, devices: false }],
        [
            APP.id,
            { secret: APP.secret, back: new URL('http://127.0.0.1/callback'), anyPort: true, devices: true },
        ],
    ])
    const codes = new Map()
    const tokens = new Map()
    const devices = new Map()

    const issue = (client, login) => {
        const token = `gho_${randomBytes(18).toString('hex')}`
        tokens.set(token, { client, login })
        return { access_token: token, token_type: 'bearer', scope: 'read:user,gist' }
    }

    const routes = {
        'GET /login/oauth/authorize': ({ query }) => {
            const app = apps.get(query.get('client_id'))
            const back = leads(app, query.get('redirect_uri'))
            if (!back || query.get('code_challenge_method') !== 'S256') return page(404, 'Not found', '')
            return page(200, 'Authorize', decide('/login/oauth/authorize', query))
        },
        'POST /login/oauth/authorize': ({ form }) => {
            const back = leads(apps.get(form.get('client_id')), form.get('redirect_uri'))
            if (!back) return page(404, 'Not found', '')
            if (form.get('decision') !== 'allow') {
                back.searchParams.set('error', 'access_denied')
                back.searchParams.set('error_description', 'The user has denied your application access.')
            } else {
                const code = randomBytes(10).toString('hex')
                codes.set(code, {
                    client: form.get('client_id'),
                    redirect: form.get('redirect_uri'),
                    challenge: form.get('code_challenge'),
                    login: form.get('login'),
                })
                back.searchParams.set('code', code)
            }
            back.searchParams.set('state', form.get('state'))
            return { status: 302, headers: { location: back.href }, body: '' }
        },
        'POST /login/oauth/access_token': ({ form, wantsJson }) => {
            const answer = form.get('grant_type') === DEVICE_GRANT ? poll(form) : redeem(form)
            if (wantsJson) return json(200, answer)
            const type = 'application/x-www-form-urlencoded; charset=utf-8'
            return {
                status: 200,
                headers: { 'content-type': type },
                body: String(new URLSearchParams(answer)),
            }
        },
        'POST /login/device/code': ({ form }) => {
            if (!apps.get(form.get('client_id'))?.devices) return json(200, { error: 'device_flow_disabled' })
            const [device, code] = [randomBytes(20).toString('hex'), shortCode()]
            devices.set(device, { client: form.get('client_id'), code, login: null, denied: false })
            return json(200, {
                device_code: device,
                user_code: code,
                verification_uri: `${origin}/login/device`,
                expires_in: 899,
                interval: 1,
            })
        },
        'GET /login/device': () =>
            page(
                200,
                'Device activation',
                decide('/login/device', new URLSearchParams(), '<input name="code" aria-label="Code">'),
            ),
        'POST /login/device': ({ form }) => {
            const found = [...devices.values()].find(
                (device) => device.code === form.get('code')?.trim().toUpperCase(),
            )
            if (!found)
                return page(200, 'Device activation', '<p role="alert">Nothing waits with this code.</p>')
            if (form.get('decision') === 'allow') found.login = form.get('login')
            else found.denied = true
            return page(200, 'Congratulations, you are all set!', '<p>Your device is now connected.</p>')
        },
        'GET /api/v3/user': ({ authorization }) => {
            const known = tokens.get(/^Bearer (\S+)$/.exec(authorization)?.[1])
            return known ? json(200, user(known.login)) : json(401, { message: 'Bad credentials' })
        },
    }

    function redeem(form) {
        const app = apps.get(form.get('client_id'))
        if (!app || form.get('client_secret') !== app.secret) return { error: 'incorrect_client_credentials' }
        const code = codes.get(form.get('code'))
        codes.delete(form.get('code'))
        const challenge = createHash('sha256')
            .update(form.get('code_verifier') ?? '')
            .digest('base64url')
        const fits =
            code?.client === form.get('client_id') &&
            code.redirect === form.get('redirect_uri') &&
            code.challenge === challenge
        return fits ? issue(code.client, code.login) : { error: 'bad_verification_code' }
    }

    function poll(form) {
        const device = devices.get(form.get('device_code'))
        if (device?.client !== form.get('client_id')) return { error: 'incorrect_device_code' }
        if (device.denied) return { error: 'access_denied' }
        if (!device.login) return { error: 'authorization_pending' }
        devices.delete(form.get('device_code'))
        return issue(device.client, device.login)
    }

    /** An application asks about a token, or ends it. It proves itself, and hears of its own tokens only. */
    function ownToken(method, client, authorization, body) {
        const app = apps.get(client)
        const proof = `Basic ${Buffer.from(`${client}:${app?.secret}`).toString('base64')}`
        if (!app || authorization !== proof) return json(401, { message: 'Requires authentication' })
        let token
        try {
            token = JSON.parse(body).access_token
        } catch {
            return json(422, { message: 'Validation Failed' })
        }
        const known = tokens.get(token)
        if (known?.client !== client) return json(404, { message: 'Not Found' })
        if (method === 'DELETE') {
            tokens.delete(token)
            return { status: 204, headers: {}, body: '' }
        }
        return json(200, {
            id: 1,
            token,
            scopes: [],
            app: { name: client, client_id: client },
            user: user(known.login),
        })
    }

    return async (request, response) => {
        let body = ''
        for await (const chunk of request) body += chunk
        const url = new URL(request.url, origin)
        const authorization = request.headers.authorization ?? ''
        const asked = /^\/api\/v3\/applications\/([^/]+)\/token$/.exec(url.pathname)
        const route = routes[`${request.method} ${url.pathname}`]
        const answer = asked
            ? ownToken(request.method, decodeURIComponent(asked[1]), authorization, body)
            : route
              ? route({
                    query: url.searchParams,
                    form: new URLSearchParams(body),
                    wantsJson: request.headers.accept === 'application/json',
                    authorization,
                })
              : json(404, { message: 'Not Found' })
        response.writeHead(answer.status, answer.headers).end(answer.body)
    }
}

/** The address that a browser may be sent back to, below the registered path; any port where that is allowed. */
function leads(app, address) {
    if (!app || !URL.canParse(address ?? '')) return null
    const [back, registered] = [new URL(address), app.back]
    const fits =
        back.protocol === registered.protocol &&
        back.hostname === registered.hostname &&
        (app.anyPort || back.port === registered.port) &&
        back.pathname.startsWith(registered.pathname)
    return fits ? back : null
}

function user(login) {
    const { number, name } = person(login)
    return { login, id: number, name, email: null }
}

function shortCode() {
    const letters = 'BCDFGHJKLMNPQRSTVWXZ'
    const four = () => Array.from(randomBytes(4), (byte) => letters[byte % letters.length]).join('')
    return `${four()}-${four()}`
}

/** A form by which a person says who they are and whether they agree. */
function decide(action, hidden, more = '') {
    const fields = [...hidden].map(
        ([name, value]) => `<input type="hidden" name="${safe(name)}" value="${safe(value)}">`,
    )
    return `<form method="post" action="${action}">${fields.join('')}${more}<input name="login" aria-label="Username">
    <button name="decision" value="allow">Authorize</button><button name="decision" value="deny">Cancel</button></form>`
}

function page(status, title, body) {
    const html = `<!doctype html><html lang="en"><title>${title}</title><h1>${title}</h1>${body}</html>`
    return { status, headers: { 'content-type': 'text/html; charset=utf-8' }, body: html }
}

function json(status, body) {
    return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
}

function safe(text) {
    return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;')
}
