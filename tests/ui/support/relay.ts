/** A request or answer up to this size always passes: the talk around a transfer. */
const TALK = 256 << 10

/** What a connection has carried in one direction since the other side spoke last. */
interface Turn {
  bytes: number
}

/**
 * A wire between the app and a library that a test can hold: bytes wait in it until they are let go, so
 * that a transfer stands still in its middle for as long as a test looks at it. Short messages pass.
 */
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'

type Way = 'up' | 'down'

export class Relay {
  private port = 0
  private readonly sockets = new Set<Socket>()
  private readonly left: Record<Way, number> = { up: Infinity, down: Infinity }
  private readonly waiting = new Map<Socket, () => void>()

  private constructor(
    private readonly server: Server,
    private readonly target: number,
  ) {}

  static async start(target: number): Promise<Relay> {
    const server = createServer()
    const relay = new Relay(server, target)
    server.on('connection', (socket) => relay.join(socket))
    await relay.restart()
    return relay
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`
  }

  /** Answers again, at the address it had before. */
  async restart(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(this.port, '127.0.0.1', resolve))
    this.port = (this.server.address() as AddressInfo).port
  }

  /** Lets so many more bytes of long messages through in one direction, then none. */
  hold(way: Way, after: number): void {
    this.left[way] = after
  }

  /** Lets everything through again. */
  release(): void {
    this.left.up = Infinity
    this.left.down = Infinity
    for (const [socket, resume] of [...this.waiting]) {
      this.waiting.delete(socket)
      resume()
    }
  }

  /** Nobody answers at the address any more. */
  async stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()))
    for (const socket of this.sockets) socket.destroy()
    await closed
  }

  private join(near: Socket): void {
    const far = connect(this.target, '127.0.0.1')
    const turns = { up: { bytes: 0 }, down: { bytes: 0 } }
    near.on('data', () => (turns.down.bytes = 0))
    far.on('data', () => (turns.up.bytes = 0))
    this.pass(near, far, 'up', turns.up)
    this.pass(far, near, 'down', turns.down)
  }

  private pass(from: Socket, to: Socket, way: Way, turn: Turn): void {
    this.sockets.add(from)
    from.setNoDelay(true)
    from.on('data', (bytes) => this.send(bytes, from, to, way, turn))
    from.on('end', () => to.end())
    from.on('error', () => to.destroy())
    from.on('close', () => {
      this.sockets.delete(from)
      this.waiting.delete(from)
      to.destroy()
    })
  }

  private send(bytes: Buffer, from: Socket, to: Socket, way: Way, turn: Turn): void {
    const talk = Math.min(bytes.length, Math.max(0, TALK - turn.bytes))
    const more = Math.min(bytes.length - talk, this.left[way])
    const now = bytes.subarray(0, talk + more)
    const later = bytes.subarray(now.length)
    turn.bytes += now.length
    this.left[way] -= more
    if (now.length > 0 && !to.write(now) && later.length === 0) {
      from.pause()
      to.once('drain', () => from.resume())
    }
    if (later.length === 0) return
    from.pause()
    this.waiting.set(from, () => {
      from.resume()
      this.send(later, from, to, way, turn)
    })
  }
}
