/** The parts that carry a value: bars, meters, problems, menus, fields. */
import { render, screen } from '@testing-library/svelte'
import userEvent from '@testing-library/user-event'
import { describe, expect, it, vi } from 'vitest'

import ChipsField from './ChipsField.svelte'
import Combobox from './Combobox.svelte'
import CommandLine from './CommandLine.svelte'
import Menu from './Menu.svelte'
import MenuButton from './MenuButton.svelte'
import Meter from './Meter.svelte'
import PartsBar from './PartsBar.svelte'
import Problem from './Problem.svelte'
import { step } from './roving'
import Segmented from './Segmented.svelte'
import { DRAWINGS, layOut, type Drawing } from './sieve-drawings'
import Switch from './Switch.svelte'
import Waiting from './Waiting.svelte'

const user = userEvent.setup({ delay: null })

describe('a parts bar', () => {
  it('says how much is safe, not how much is on its way', () => {
    render(PartsBar, { label: 'a.sif', safe: 61.4, sent: 66 })
    const bar = screen.getByRole('progressbar', { name: 'a.sif' })
    expect(bar).toHaveProperty('ariaValueNow', '61')
    expect(bar.style.getPropertyValue('--sent')).toBe('66%')
  })

  it('never shows less in flight than is safe', () => {
    render(PartsBar, { label: 'a.sif', safe: 50, sent: 10 })
    expect(screen.getByRole('progressbar').style.getPropertyValue('--sent')).toBe('50%')
  })

  it('claims no number while it waits', () => {
    render(PartsBar, { label: 'a.sif', safe: 100, look: 'waiting' })
    expect(screen.getByRole('progressbar').hasAttribute('aria-valuenow')).toBe(false)
  })
})

describe('a meter', () => {
  it.each([
    [50, ''],
    [90, 'high'],
    [120, 'full'],
  ])('at %d of 100 looks %s', (value, look) => {
    render(Meter, { label: 'Space', value, total: 100, text: `${value} of 100` })
    const meter = screen.getByRole('meter', { name: 'Space' })
    if (look) expect(meter.classList).toContain(look)
    expect(meter.getAttribute('aria-valuenow')).toBe(String(Math.min(value, 100)))
    expect(meter.getAttribute('aria-valuetext')).toBe(`${value} of 100`)
  })
})

describe('a problem', () => {
  const problem = { title: 'No space', text: 'It does not fit.' }

  it('keeps the raw text one click away, and copies it', async () => {
    const oncopy = vi.fn()
    render(Problem, { ...problem, details: 'HTTP 507', oncopy })
    const raw = screen.getByText('HTTP 507')
    expect(raw.closest('[hidden]')).not.toBeNull()
    await user.click(screen.getByRole('button', { name: 'Details' }))
    expect(raw.closest('[hidden]')).toBeNull()
    await user.click(screen.getByRole('button', { name: 'Copy details' }))
    expect(oncopy).toHaveBeenCalledWith('HTTP 507')
  })

  it('has no buttons where there is nothing to do', () => {
    render(Problem, problem)
    expect(screen.getByRole('article', { name: 'No space' })).toBeTruthy()
    expect(screen.queryByRole('button')).toBeNull()
  })

  it('says what dismissing does where it does more than hide', async () => {
    const ondismiss = vi.fn()
    render(Problem, { ...problem, ondismiss, dismissLabel: 'Cancel: a.sif' })
    await user.click(screen.getByRole('button', { name: 'Cancel: a.sif' }))
    expect(ondismiss).toHaveBeenCalledTimes(1)
  })
})

describe('a menu', () => {
  const items = () => [
    { label: 'Open', icon: 'cube' as const, onselect: vi.fn() },
    { label: 'Copy', icon: 'copy' as const, onselect: vi.fn() },
    { label: 'Delete', icon: 'trash' as const, onselect: vi.fn(), danger: true, separated: true },
  ]
  const focused = () => document.activeElement?.textContent?.trim()

  it('goes round with the arrows, and to its ends', async () => {
    render(Menu, { label: 'Actions', items: items(), x: 0, y: 0, onclose: vi.fn() })
    expect(focused()).toBe('Open')
    await user.keyboard('{ArrowDown}{ArrowDown}')
    expect(focused()).toBe('Delete')
    await user.keyboard('{ArrowDown}')
    expect(focused()).toBe('Open')
    await user.keyboard('{ArrowUp}')
    expect(focused()).toBe('Delete')
    await user.keyboard('{Home}')
    expect(focused()).toBe('Open')
  })

  it('gives the focus back, then does what was chosen', async () => {
    const chosen = items()
    render(MenuButton, { label: 'More', icon: 'more', items: chosen })
    const opener = screen.getByRole('button', { name: 'More' })
    chosen[1]!.onselect.mockImplementation(() => expect(document.activeElement).toBe(opener))
    await user.click(opener)
    expect(opener.getAttribute('aria-expanded')).toBe('true')
    await user.keyboard('{ArrowDown}{Enter}')
    expect(chosen[1]!.onselect).toHaveBeenCalledTimes(1)
    expect(screen.queryByRole('menu')).toBeNull()
  })

  it.each(['{Escape}', '{Tab}'])('closes on %s without doing anything', async (key) => {
    const chosen = items()
    render(MenuButton, { label: 'More', icon: 'more', items: chosen })
    await user.click(screen.getByRole('button', { name: 'More' }))
    await user.keyboard(key)
    expect(screen.queryByRole('menu')).toBeNull()
    expect(document.activeElement).toBe(screen.getByRole('button', { name: 'More' }))
    for (const item of chosen) expect(item.onselect).not.toHaveBeenCalled()
  })

  it('closes when the focus leaves it', async () => {
    const onclose = vi.fn()
    render(Menu, { label: 'Actions', items: items(), x: 0, y: 0, onclose })
    await user.click(document.body)
    expect(onclose).toHaveBeenCalled()
  })
})

describe('a field that completes', () => {
  function open(complete: (text: string) => Promise<string[]>) {
    const oninput = vi.fn()
    render(Combobox, { label: 'Upload to', value: '', listLabel: 'Places', complete, oninput })
    return { oninput, field: screen.getByRole('combobox', { name: 'Upload to' }) }
  }
  const places = () => Promise.resolve(['ada/genomics/', 'ada/imaging/'])

  it('shows suggestions and takes the one that is marked', async () => {
    const { field, oninput } = open(places)
    await user.type(field, 'ada')
    expect(await screen.findAllByRole('option')).toHaveLength(2)
    await user.keyboard('{ArrowDown}{ArrowDown}{Enter}')
    expect(oninput).toHaveBeenLastCalledWith('ada/imaging/')
    expect(field.getAttribute('aria-expanded')).toBe('false')
    expect(document.activeElement).toBe(field)
  })

  it('marks with the arrows, round and round', async () => {
    const { field } = open(places)
    await user.type(field, 'a')
    const options = await screen.findAllByRole('option')
    await user.keyboard('{ArrowUp}')
    expect(field.getAttribute('aria-activedescendant')).toBe(options[0]!.id)
    await user.keyboard('{ArrowUp}')
    expect(options[1]!.getAttribute('aria-selected')).toBe('true')
  })

  it('closes its list on Escape, and lets nobody else hear of it', async () => {
    const heard = vi.fn()
    document.body.addEventListener('keydown', heard)
    const { field } = open(places)
    await user.type(field, 'a')
    await screen.findAllByRole('option')
    heard.mockClear()
    await user.keyboard('{Escape}')
    expect(field.getAttribute('aria-expanded')).toBe('false')
    expect(heard).not.toHaveBeenCalled()
    await user.keyboard('{Escape}')
    expect(heard).toHaveBeenCalledTimes(1)
    document.body.removeEventListener('keydown', heard)
  })

  it('keeps suggestions that are on their way from coming on Escape, and closes nothing else', async () => {
    const heard = vi.fn()
    document.body.addEventListener('keydown', heard)
    let answer = (_: string[]) => {}
    const { field } = open(() => new Promise((resolve) => (answer = resolve)))
    await user.type(field, 'a')
    heard.mockClear()
    await user.keyboard('{Escape}')
    expect(heard).not.toHaveBeenCalled()
    answer(['late'])
    await new Promise((resolve) => setTimeout(resolve))
    expect(screen.queryAllByRole('option')).toHaveLength(0)
    await user.keyboard('{Escape}')
    expect(heard).toHaveBeenCalledTimes(1)
    document.body.removeEventListener('keydown', heard)
  })

  it('ignores an answer that comes after a newer question', async () => {
    const answers: ((found: string[]) => void)[] = []
    const { field } = open(() => new Promise((resolve) => answers.push(resolve)))
    await user.type(field, 'ab')
    answers[1]!(['new'])
    answers[0]!(['old'])
    expect((await screen.findAllByRole('option')).map((option) => option.textContent?.trim())).toEqual([
      'new',
    ])
  })
})

describe('a field of chips', () => {
  function open(values: string[] = []) {
    const onchange = vi.fn()
    render(ChipsField, { label: 'Tags', hint: 'Add a tag', values, onchange })
    return { onchange, field: screen.getByRole('textbox', { name: 'Tags' }) }
  }

  it('makes one of each word, once', async () => {
    const { field, onchange } = open(['1.0'])
    await user.type(field, 'latest, 1.0 2.0{Enter}')
    expect(onchange).toHaveBeenLastCalledWith(['1.0', 'latest', '2.0'])
  })

  it('takes what was typed when the focus leaves', async () => {
    const { field, onchange } = open()
    await user.type(field, 'edge')
    await user.tab()
    expect(onchange).toHaveBeenCalledWith(['edge'])
  })

  it('gives the last one back to the keyboard', async () => {
    const { field, onchange } = open(['1.0', '2.0'])
    await user.click(field)
    await user.keyboard('{Backspace}')
    expect(onchange).toHaveBeenCalledWith(['1.0'])
    expect(field).toHaveProperty('value', '2.0')
  })

  it('drops the one whose cross is pressed', async () => {
    const { field, onchange } = open(['1.0', '2.0'])
    await user.click(screen.getByRole('button', { name: 'Remove 1.0' }))
    expect(onchange).toHaveBeenCalledWith(['2.0'])
    expect(document.activeElement).toBe(field)
  })
})

describe('a command', () => {
  it('changes its flavour with the arrows and copies all of it', async () => {
    const oncopy = vi.fn()
    const flavours = [
      { name: 'singularity', lead: 'singularity pull ', rest: 'library://a' },
      { name: 'curl', lead: 'curl -LO ', rest: 'https://a' },
    ]
    render(CommandLine, { label: 'Pull', flavoursLabel: 'For', copyLabel: 'Copy', flavours, oncopy })
    await user.click(screen.getByRole('tab', { name: 'singularity' }))
    await user.keyboard('{ArrowRight}')
    expect(screen.getByRole('tab', { name: 'curl' }).getAttribute('aria-selected')).toBe('true')
    expect(screen.getAllByRole('tab').map((tab) => tab.tabIndex)).toEqual([-1, 0])
    await user.click(screen.getByRole('button', { name: 'Copy' }))
    expect(oncopy).toHaveBeenCalledWith('curl -LO https://a')
  })
})

describe('small controls', () => {
  it('say which choice is pressed', async () => {
    const onchange = vi.fn()
    const options = [
      { id: 'a', label: 'A' },
      { id: 'b', label: 'B' },
    ]
    render(Segmented, { label: 'Letters', options, value: 'a', onchange })
    await user.click(screen.getByRole('button', { name: 'B' }))
    expect(onchange).toHaveBeenCalledWith('b')
    expect(screen.getByRole('button', { name: 'B', pressed: true })).toBeTruthy()
  })

  it('ask for the other state, and leave it to the answer to change', async () => {
    const onchange = vi.fn()
    render(Switch, { label: 'Private', checked: true, onchange })
    await user.click(screen.getByRole('switch', { name: 'Private', checked: true }))
    expect(onchange).toHaveBeenCalledWith(false)
    expect(screen.getByRole('switch', { checked: true })).toBeTruthy()
  })

  it('speak of waiting only when it takes long', async () => {
    vi.useFakeTimers()
    render(Waiting, { text: 'Loading…' })
    expect(screen.queryByText('Loading…')).toBeNull()
    await vi.advanceTimersByTimeAsync(400)
    vi.useRealTimers()
    expect(screen.getByText('Loading…')).toBeTruthy()
  })
})

describe('roving', () => {
  it('goes round, to the ends, and nowhere in nothing', () => {
    expect(step('ArrowDown', 2, 3, false)).toBe(0)
    expect(step('ArrowUp', 0, 3, false)).toBe(2)
    expect(step('ArrowRight', 0, 3, false)).toBeNull()
    expect(step('End', 0, 3, true)).toBe(2)
    expect(step('Home', 0, 0, true)).toBeNull()
  })
})

describe('drawings', () => {
  it('are as wide in every row, and have one grain at most', () => {
    for (const name of Object.keys(DRAWINGS) as Drawing[]) {
      expect(new Set(DRAWINGS[name].map((row) => row.length)).size).toBe(1)
      const { marks, width, height } = layOut(name)
      expect(marks.filter((mark) => mark.kind === 'grain').length).toBeLessThanOrEqual(1)
      expect(Math.max(...marks.map((mark) => mark.x))).toBeLessThan(width)
      expect(Math.max(...marks.map((mark) => mark.y))).toBeLessThan(height)
    }
  })
})
