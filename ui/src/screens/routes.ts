/** Which component draws which route. */
import type { Component } from 'svelte'

import type { RouteName } from '../state/navigation.svelte'

export const routes: Partial<Record<RouteName, Component>> = {}
