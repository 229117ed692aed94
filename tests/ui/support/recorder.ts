/** A proxy before a library that notes every secret of the conversation, and every address that was asked. */
import {
  createServer,
  request as ask,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo } from 'node:net'

/** Longer messages are images. */
const TALK = 256 << 10

/** Fields of forms and answers that hold a secret. */
const SECRET_FIELDS = [
  'access_token',
  'refresh_token',
  'device_code',
  'code',
  'code_verifier',
  'id_token',
  'subject_token',
  'token',
]

export class Recorder {
  /** Every secret that passed, and what it was. */
  readonly secrets = new Map<string, string>()
  /** Request lines, and headers that repeat addresses. */
  readonly addresses: string[] = []

  private constructor(
    private readonly server: Server,
    private readonly target: number,
  ) {}

  /** Stands before the library at a port of this computer. */
  static async start(target: number): Promise<Recorder> {
    const server = createServer()
    const recorder = new Recorder(server, target)
    server.on('request', (near, answer) => recorder.pass(near, answer))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return recorder
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`
  }

  async stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()))
    this.server.closeAllConnections()
    await closed
  }

  /** The secrets of one kind, oldest first. */
  of(kind: string): string[] {
    return [...this.secrets].filter(([, found]) => found === kind).map(([secret]) => secret)
  }

  private pass(near: IncomingMessage, answer: ServerResponse): void {
    const { method, url = '/', headers } = near
    this.addresses.push(`${method} ${url}`, headers.referer ?? '', String(headers.origin ?? ''))
    const bearer = /^Bearer (\S+)$/i.exec(headers.authorization ?? '')?.[1]
    if (bearer) this.note('bearer', bearer)
    const far = ask({ port: this.target, host: '127.0.0.1', method, path: url, headers }, (back) => {
      answer.writeHead(back.statusCode ?? 502, back.headers)
      this.listen(back, back.headers)
      back.pipe(answer)
    })
    far.on('error', () => answer.destroy())
    this.listen(near, headers)
    near.pipe(far)
  }

  /** Reads along where a message is a form or JSON. */
  private listen(message: IncomingMessage, headers: IncomingHttpHeaders): void {
    const type = headers['content-type'] ?? ''
    const isForm = type.startsWith('application/x-www-form-urlencoded')
    if (!isForm && !type.includes('json')) return
    const pieces: Buffer[] = []
    let length = 0
    message.on('data', (piece: Buffer) => {
      length += piece.length
      if (length <= TALK) pieces.push(piece)
    })
    message.on('end', () => {
      const text = Buffer.concat(pieces).toString()
      if (isForm) new URLSearchParams(text).forEach((value, name) => this.field(name, value))
      else this.read(text)
    })
  }

  private read(text: string): void {
    try {
      JSON.parse(text, (name, value: unknown) => {
        this.field(name, value)
        return value
      })
    } catch {
      // Cut off, or no JSON: nothing to learn.
    }
  }

  private field(name: string, value: unknown): void {
    if (SECRET_FIELDS.includes(name) && typeof value === 'string') this.note(name, value)
  }

  private note(kind: string, secret: string): void {
    // Shorter ones are no secrets, such as the names of grants.
    if (secret.length >= 20 && !this.secrets.has(secret)) this.secrets.set(secret, kind)
  }
}
