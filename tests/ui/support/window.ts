/** The window as the stories speak of it. */
import { expect, type Locator, type Page } from '@playwright/test'

import type { Bridge } from './bridge'

export class Window {
  constructor(
    readonly page: Page,
    readonly bridge: Bridge,
  ) {}

  /** Opens the window and waits until it has heard from the app. */
  async open(): Promise<void> {
    await this.page.goto(this.bridge.url)
    await expect(this.page.getByRole('main')).toBeVisible()
  }

  async reload(): Promise<void> {
    await this.page.reload()
    await expect(this.page.getByRole('main')).toBeVisible()
  }

  get sidebar(): Locator {
    return this.page.getByRole('navigation', { name: 'Places' })
  }

  /** The sheet over the window. */
  get sheet(): Locator {
    return this.page.getByRole('dialog')
  }

  get status(): Locator {
    return this.page.getByRole('contentinfo', { name: 'Status' })
  }

  heading(name: string | RegExp): Locator {
    return this.page.getByRole('heading', { name })
  }

  /** An error or another thing that needs the person. */
  problem(title: string | RegExp): Locator {
    return this.page.getByRole('article', { name: title })
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole('button', { name, exact: true })
  }

  toast(text: string | RegExp): Locator {
    return this.page.getByRole('log', { name: 'Notifications' }).getByText(text)
  }

  /** A row of the Transfers screen. */
  job(file: string): Locator {
    return this.page.getByRole('article', { name: file, exact: true })
  }

  /** A place of the sidebar. */
  place(name: string): Locator {
    return this.sidebar.getByTitle(name, { exact: true })
  }

  /** Walks to a place of the sidebar. */
  async go(place: string): Promise<void> {
    await this.place(place).click()
  }

  /** A server in the list of accounts. */
  server(name: string): Locator {
    return this.page.getByRole('option', { name: new RegExp(name) })
  }

  /** Walks to a server among the accounts. */
  async goToServer(name: string): Promise<void> {
    await this.go('Accounts')
    await this.server(name).click()
  }

  /** Tries to connect a server. */
  async connect(address: string): Promise<void> {
    await this.go('Connect a server…')
    await this.sheet.getByRole('textbox', { name: 'Address' }).fill(address)
    await this.sheet.getByRole('button', { name: 'Connect' }).click()
  }

  /** Signs in to a server with a token from the clipboard. */
  async signInWithToken(server: string, token: string): Promise<void> {
    await this.goToServer(server)
    await this.button('Sign in').click()
    await this.button('Paste a token instead').click()
    await this.bridge.putOnClipboard(token)
    await this.button('Paste token').click()
    await this.button(/^Sign in as /).click()
  }

  /** Walks down a library: `browse('This computer', 'ada', 'default', 'samtools')`. */
  async browse(server: string, ...places: string[]): Promise<void> {
    await this.go(server)
    for (const place of places) {
      await this.page
        .getByRole('main')
        .getByRole('grid')
        .getByRole('button', { name: place, exact: true })
        .click()
      await expect(this.page.getByRole('heading', { level: 1, name: place, exact: true })).toBeVisible()
    }
  }

  /** Opens the upload sheet with files chosen in the dialog. */
  async choose(...files: string[]): Promise<Locator> {
    await this.bridge.willChoose(...files)
    await this.page.keyboard.press('Control+u')
    await expect(this.sheet).toBeVisible()
    return this.sheet
  }

  /** The text on the clipboard of the played desktop. */
  async copied(): Promise<string | undefined> {
    return (await this.bridge.deeds()).copied.at(-1)
  }

  /** Moves the focus forward by the keyboard until it rests on something. */
  async tabTo(target: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
    for (let step = 0; step < 80; step += 1) {
      if (await target.evaluate((node) => node === document.activeElement)) return
      await this.page.keyboard.press(key)
    }
    throw new Error(`${key} never reaches ${String(target)}`)
  }
}
