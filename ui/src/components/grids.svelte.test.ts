/** The roving grids: tags by architecture, and tables. */
import { render, screen } from '@testing-library/svelte'
import userEvent from '@testing-library/user-event'
import { createRawSnippet } from 'svelte'
import { describe, expect, it, vi } from 'vitest'

import Matrix from './Matrix.svelte'
import Table from './Table.svelte'

const user = userEvent.setup({ delay: null })
const text = createRawSnippet((value: () => string) => ({ render: () => `<span>${value()}</span>` }))
const cell = createRawSnippet((row: () => string, column: () => string, tabindex: () => number) => ({
  render: () => `<button tabindex="${tabindex()}">${row()} ${column()}</button>`,
  setup: (button) => {
    $effect(() => button.setAttribute('tabindex', String(tabindex())))
  },
}))

describe('a matrix', () => {
  function open(rows = ['r1', 'r2', 'r3'], columns = ['c1', 'c2']) {
    return render(Matrix<string, string>, {
      label: 'Tags',
      corner: 'Tag',
      endLabel: 'Moved',
      rows,
      columns,
      rowKey: (row) => row,
      columnKey: (column) => column,
      columnHead: text,
      rowHead: text,
      cell,
      end: text,
    })
  }
  const focused = () => document.activeElement?.textContent
  const inTabOrder = () =>
    screen
      .getAllByRole('button')
      .filter((button) => button.tabIndex === 0)
      .map((button) => button.textContent)

  it('has one cell in the tab order, and the arrows move by cell', async () => {
    open()
    expect(inTabOrder()).toEqual(['r1 c1'])
    await user.tab()
    await user.keyboard('{ArrowRight}{ArrowDown}')
    expect(focused()).toBe('r2 c2')
    expect(inTabOrder()).toEqual(['r2 c2'])
    await user.keyboard('{ArrowLeft}{ArrowUp}')
    expect(focused()).toBe('r1 c1')
  })

  it('stops at its edges', async () => {
    open()
    await user.tab()
    await user.keyboard('{ArrowLeft}{ArrowUp}')
    expect(focused()).toBe('r1 c1')
    await user.keyboard('{Control>}{End}{/Control}{ArrowDown}{ArrowRight}')
    expect(focused()).toBe('r3 c2')
  })

  it('goes to the ends of a row, and of all of it', async () => {
    open()
    await user.tab()
    await user.keyboard('{End}')
    expect(focused()).toBe('r1 c2')
    await user.keyboard('{Control>}{End}{/Control}{Home}')
    expect(focused()).toBe('r3 c1')
    await user.keyboard('{Control>}{Home}{/Control}')
    expect(focused()).toBe('r1 c1')
  })

  it('goes on from the cell that was clicked', async () => {
    open()
    await user.click(screen.getByRole('button', { name: 'r3 c1' }))
    await user.keyboard('{ArrowRight}')
    expect(focused()).toBe('r3 c2')
  })

  it('leaves the arrows with Alt to the window', async () => {
    open()
    await user.tab()
    await user.keyboard('{Alt>}{ArrowRight}{/Alt}')
    expect(focused()).toBe('r1 c1')
  })

  it('keeps a cell in the tab order when the last rows go', async () => {
    const { rerender } = open()
    await user.click(screen.getByRole('button', { name: 'r3 c2' }))
    await rerender({ rows: ['r1'] })
    expect(inTabOrder()).toEqual(['r1 c2'])
  })

  it('reads as a table with heads for rows and columns', () => {
    open()
    expect(screen.getByRole('grid', { name: 'Tags' })).toBeTruthy()
    expect(screen.getAllByRole('columnheader').map((head) => head.textContent)).toEqual([
      'Tag',
      'c1',
      'c2',
      'Moved',
    ])
    expect(screen.getAllByRole('rowheader')).toHaveLength(3)
  })
})

describe('a table', () => {
  function open(rest: object = {}) {
    const onopen = vi.fn()
    const onmenu = vi.fn()
    render(Table<string, 'name' | 'size'>, {
      label: 'Containers',
      columns: [
        { id: 'name', label: 'Name', sortable: true },
        { id: 'size', label: 'Size', numeric: true, sortable: true },
      ],
      rows: ['alpine', 'bcftools', 'bwa', 'star'],
      key: (row) => row,
      name: (row) => row,
      onopen,
      onmenu,
      cells: createRawSnippet((row: () => string) => ({ render: () => `<td>${row()}</td>` })),
      ...rest,
    })
    return { onopen, onmenu }
  }
  const rows = () => screen.getAllByRole('row').slice(1)
  const focused = () => document.activeElement?.textContent

  it('has one row in the tab order, moves with the arrows and opens with Enter', async () => {
    const { onopen } = open()
    expect(rows().map((row) => row.tabIndex)).toEqual([0, -1, -1, -1])
    rows()[0]!.focus()
    await user.keyboard('{ArrowDown}{ArrowDown}{Enter}')
    expect(onopen).toHaveBeenCalledWith('bwa')
    expect(rows().map((row) => row.getAttribute('aria-selected'))).toEqual([
      'false',
      'false',
      'true',
      'false',
    ])
  })

  it('jumps to what is typed', async () => {
    open()
    rows()[0]!.focus()
    await user.keyboard('bw')
    expect(focused()).toBe('bwa')
    await user.keyboard('x')
    expect(focused()).toBe('bwa')
  })

  it('selects on a click and opens on two', async () => {
    const { onopen } = open()
    await user.click(rows()[1]!)
    expect(onopen).not.toHaveBeenCalled()
    await user.dblClick(rows()[1]!)
    expect(onopen).toHaveBeenCalledWith('bcftools')
  })

  it('opens its menu with the right button and with the keyboard', async () => {
    const { onmenu } = open()
    await user.pointer({ keys: '[MouseRight]', target: rows()[3]! })
    rows()[0]!.focus()
    await user.keyboard('{Shift>}{F10}{/Shift}')
    expect(onmenu.mock.calls.map(([row]: string[]) => row)).toEqual(['star', 'alpine'])
  })

  it('sorts by its heads: numbers from the largest, words from A', async () => {
    open()
    const head = (name: string) => screen.getByRole('columnheader', { name }).getAttribute('aria-sort')
    await user.click(screen.getByRole('button', { name: 'Size' }))
    expect(head('Size')).toBe('descending')
    await user.click(screen.getByRole('button', { name: 'Name' }))
    expect(head('Name')).toBe('ascending')
    expect(head('Size')).toBeNull()
    await user.click(screen.getByRole('button', { name: 'Name' }))
    expect(head('Name')).toBe('descending')
  })
})
