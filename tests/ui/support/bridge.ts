/** Sifter without its window, and the desktop around it that a test plays. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'

import type { Commands, Phase, TransferList, TransferView, UiError } from '../../../ui/src/contract/generated'
import type { Library } from './library'
import { root, start, type Running } from './programs'
import { approve } from './sign-in-page'

export const LOGIN = 'ada'
/** The id of the library on this computer. */
export const THIS_COMPUTER = 'this-computer'

/** What the app asked of its desktop, oldest first. */
export interface Deeds {
  opened: string[]
  revealed: string[]
  copied: string[]
  notices: string[]
  /** What the taskbar showed. */
  progress: string[]
  /** How often the computer was kept awake, and whether it is now. */
  stayed_awake: number
  awake: boolean
}

type Command = keyof Commands

export interface Opening {
  /** Plays a computer that has no keychain. */
  keychainless?: boolean
  /** What stands in `settings.toml` at the start. */
  settings?: string
  /** The variables by which programs find a real keychain, instead of one that is played. */
  keychain?: Record<string, string>
}

export class Bridge {
  private constructor(
    readonly url: string,
    readonly home: string,
    private running: Running,
    private readonly run: (more: string[]) => Promise<Running>,
  ) {}

  static async start({ settings, keychain, keychainless }: Opening = {}): Promise<Bridge> {
    const home = await mkdtemp(join(tmpdir(), 'sifter-flow-'))
    if (settings !== undefined) {
      await mkdir(join(home, 'config'), { recursive: true })
      await writeFile(join(home, 'config/settings.toml'), settings)
    }
    const window = process.env.SIFTER_WINDOW ?? join(root, 'ui/dist')
    const args = ['--home', home, '--ui', window, ...(keychain ? ['--keychain'] : [])]
    if (keychainless) args.push('--no-keychain')
    // The command lines' files are the test's own as well.
    const environment = {
      USER: LOGIN,
      SINGULARITY_CONFIGDIR: join(home, 'singularity'),
      APPTAINER_CONFIGDIR: join(home, 'apptainer'),
      DOCKER_CONFIG: join(home, 'docker'),
      XDG_RUNTIME_DIR: home,
      HOME: home,
      ...keychain,
      // So are the programs that it may ask for passwords.
      PATH: [join(home, 'bin'), process.env.PATH].join(delimiter),
    }
    const run = (more: string[]) =>
      start('sifter-bridge', [...args, ...more], /^listening on (http:\S+)$/, environment)
    const running = await run([])
    return new Bridge(running.said, home, running, run)
  }

  /** Quits Sifter and starts it again, at the same address. */
  async restart(): Promise<void> {
    await this.running.stop()
    this.running = await this.run(['--listen', new URL(this.url).host])
  }

  async stop(): Promise<void> {
    await this.running.stop()
    await rm(this.home, { recursive: true, force: true })
  }

  /** The number of its process. */
  get pid(): number {
    return this.running.pid
  }

  /** What it wrote to its standard error so far. */
  complaints(): string {
    return this.running.complaints()
  }

  /** A file or folder in Sifter's home. */
  at(...parts: string[]): string {
    return join(this.home, ...parts)
  }

  /** Asks the app what the window could ask. */
  async call<C extends Command>(command: C, request: Commands[C][0]): Promise<Commands[C][1]> {
    const answer = await this.post(`/api/${command}`, request)
    const body: unknown = await answer.json()
    if (!answer.ok) throw new Error(`${command}: ${JSON.stringify(body as UiError)}`)
    return body as Commands[C][1]
  }

  /** Files fall on the window, at a point of it. */
  async dropFiles(paths: string[], at: { x: number; y: number } = { x: 0, y: 0 }): Promise<void> {
    await this.play('drop', { paths, ...at })
  }

  async drag(phase: 'enter' | 'over' | 'leave', files: number, at = { x: 0, y: 0 }): Promise<void> {
    await this.play('drag', { phase, files, ...at })
  }

  /** What the next file dialog answers. */
  async willChoose(...paths: string[]): Promise<void> {
    await this.play('choose', { paths })
  }

  /** What the next folder dialog answers. */
  async willChooseFolder(path: string): Promise<void> {
    await this.play('choose-folder', { path })
  }

  /** What the next dialog for saving answers. */
  async willSave(path: string): Promise<void> {
    await this.play('choose-save', { path })
  }

  /** Files are opened with Sifter, as a double click does. */
  async openFiles(paths: string[]): Promise<void> {
    await this.play('open', { paths })
  }

  async putOnClipboard(text: string): Promise<void> {
    await this.play('clipboard', { text })
  }

  async setBrowserMissing(missing: boolean): Promise<void> {
    await this.play('browser', { missing })
  }

  async deeds(): Promise<Deeds> {
    const answer = await fetch(`${this.url}/test/host`)
    return (await answer.json()) as Deeds
  }

  /** The first page that the app has opened in the browser. */
  async openedPage(): Promise<string> {
    return await until('a page is opened', async () => (await this.deeds()).opened[0])
  }

  /** The library on this computer, signed in, without the window. */
  async signIn(): Promise<void> {
    await this.call('server_start_local', {})
    const { id } = await this.call('sign_in_start', {
      serverId: THIS_COMPUTER,
      how: 'browser',
      another: false,
    })
    const link = await until('the page is opened', async () => (await this.deeds()).opened.at(-1))
    await approve(link)
    await until('the account is there', async () => {
      const servers = await this.call('server_list', {})
      return servers.find((server) => server.id === THIS_COMPUTER && server.account?.signedIn)
    })
    await this.call('sign_in_cancel', { signInId: id }).catch(() => undefined)
  }

  /** Connects the library of a team and signs its owner in with a token; answers the server's id. */
  async connectAs(library: Library, address = library.url): Promise<string> {
    const { id } = await this.call('server_connect', { address, allowHttp: false })
    await this.putOnClipboard(library.token())
    await this.call('sign_in_paste_token', { serverId: id })
    return id
  }

  /** Puts an image into a library, without the window. */
  async publish(
    file: string,
    place: string,
    tags: string[],
    serverId: string = THIS_COMPUTER,
  ): Promise<TransferView> {
    return await this.ended(await this.begin(file, place, tags, serverId))
  }

  /** Begins to put an image into a library; answers the transfer's id. */
  async begin(file: string, place: string, tags: string[], serverId: string): Promise<string> {
    const [entity = '', collection = '', container = ''] = place.split('/')
    await this.willChoose(file)
    const sheet = await this.call('upload_choose', {})
    const items = sheet.files.map(({ id }) => ({
      fileId: id,
      path: { entity, collection, container },
      tags,
      description: '',
      private: false,
    }))
    const [id = ''] = await this.call('upload_start', { sheetId: sheet.id, serverId, items })
    return id
  }

  /** Waits until a transfer is in a phase. */
  async phase(id: string, kind: Phase['kind']): Promise<void> {
    await until(`the transfer is ${kind}`, async () => {
      const { active, queued, attention, history } = await this.transfers()
      const found = [...active, ...queued, ...attention, ...history].find((one) => one.id === id)
      return found?.phase.kind === kind
    })
  }

  /** Waits until a transfer has come to its good end. */
  async ended(id: string): Promise<TransferView> {
    return await until('the transfer is done', async () => {
      const list = await this.call('transfer_list', {})
      const stopped = list.attention.find((one) => one.id === id)
      if (stopped) throw new Error(`the transfer stopped: ${JSON.stringify(stopped.phase)}`)
      return list.history.find((one) => one.id === id && one.phase.kind === 'done')
    })
  }

  async transfers(): Promise<TransferList> {
    return await this.call('transfer_list', {})
  }

  private async play(what: string, body: unknown): Promise<void> {
    const answer = await this.post(`/test/${what}`, body)
    if (!answer.ok) throw new Error(`playing ${what}: ${answer.status} ${await answer.text()}`)
  }

  private async post(path: string, body: unknown): Promise<Response> {
    return await fetch(`${this.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  }
}

/** Asks until there is an answer. */
export async function until<T>(what: string, ask: () => Promise<T | undefined | null | false>): Promise<T> {
  const deadline = Date.now() + 20_000
  for (;;) {
    const found = await ask()
    if (found) return found
    if (Date.now() > deadline) throw new Error(`waited too long until ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}
