/** Which component draws which route. What a route carries beside its name becomes the component's props. */
import type { Component } from 'svelte'

import type { Route, RouteName } from '../state/navigation.svelte'
import AccountsScreen from './accounts/AccountsScreen.svelte'
import CompareScreen from './compare/CompareScreen.svelte'
import ComputerScreen from './computer/ComputerScreen.svelte'
import ContainerScreen from './container/ContainerScreen.svelte'
import HomeScreen from './home/HomeScreen.svelte'
import InspectorScreen from './inspector/InspectorScreen.svelte'
import LookScreen from './inspector/LookScreen.svelte'
import KeysScreen from './keys/KeysScreen.svelte'
import CollectionScreen from './library/CollectionScreen.svelte'
import EntityScreen from './library/EntityScreen.svelte'
import ServerScreen from './library/ServerScreen.svelte'
import SearchScreen from './search/SearchScreen.svelte'
import SettingsScreen from './settings/SettingsScreen.svelte'
import SignInScreen from './sign-in/SignInScreen.svelte'
import TransfersScreen from './transfers/TransfersScreen.svelte'
import WelcomeScreen from './welcome/WelcomeScreen.svelte'

type Screens = { [Name in RouteName]?: Component<Omit<Extract<Route, { name: Name }>, 'name'>> }

export const routes: Screens = {
  accounts: AccountsScreen,
  collection: CollectionScreen,
  compare: CompareScreen,
  computer: ComputerScreen,
  container: ContainerScreen,
  entity: EntityScreen,
  home: HomeScreen,
  inspector: InspectorScreen,
  keys: KeysScreen,
  look: LookScreen,
  search: SearchScreen,
  server: ServerScreen,
  settings: SettingsScreen,
  sign_in: SignInScreen,
  transfers: TransfersScreen,
  welcome: WelcomeScreen,
}
