/**
 * An identity provider that a test plays on this computer, with the habits of a real one:
 *
 *     node serve.mjs google|gitlab|microsoft|github CALLBACK
 *
 * CALLBACK is where the library that federates has its browsers come back to. The three that speak OpenID Connect are
 * `oidc-provider`, a certified server of others; GitHub, which does not, is a small imitation. It says where it is,
 * and ends when it is asked to.
 */
import { createServer } from 'node:http'

import { github } from './github.mjs'
import { openid } from './openid.mjs'
import { PROFILES } from './profiles.mjs'

const [name, callback] = process.argv.slice(2)
if (!callback || (name !== 'github' && !(name in PROFILES))) {
    console.error('usage: node serve.mjs google|gitlab|microsoft|github CALLBACK')
    process.exit(2)
}

const server = createServer((request, response) => answer(request, response))
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
const origin = `http://127.0.0.1:${server.address().port}`
const answer = name === 'github' ? github(origin, callback) : await openid(PROFILES[name], origin, callback)

process.on('SIGTERM', () => process.exit(0))
console.log(`Provider at ${origin}`)
