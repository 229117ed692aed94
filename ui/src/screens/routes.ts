/** Which component draws which route. */
import type { Component } from 'svelte'

import type { RouteName } from '../state/navigation.svelte'
import AccountsScreen from './accounts/AccountsScreen.svelte'
import SettingsScreen from './settings/SettingsScreen.svelte'
import SignInScreen from './sign-in/SignInScreen.svelte'
import TransfersScreen from './transfers/TransfersScreen.svelte'

export const routes: Partial<Record<RouteName, Component>> = {
  accounts: AccountsScreen,
  settings: SettingsScreen,
  sign_in: SignInScreen,
  transfers: TransfersScreen,
}
