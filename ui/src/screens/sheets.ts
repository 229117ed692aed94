/** Which component draws which sheet. */
import type { Component } from 'svelte'

import type { SheetKind } from '../state/sheets.svelte'

export const sheets: Partial<Record<SheetKind, Component>> = {}
