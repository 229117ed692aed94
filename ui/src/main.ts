/** Starts the window. */
import { mount } from 'svelte'

import App from './App.svelte'
import { chooseHost } from './host/choose'
import { Sifter } from './state/sifter.svelte'
import './styles/tokens.css'
import './styles/base.css'
import './styles/frame.css'
import './styles/controls.css'
import './styles/table.css'
import './styles/transfers.css'
import './styles/adapt.css'

const target = document.getElementById('sifter')
if (target) {
  const sifter = new Sifter(await chooseHost())
  mount(App, { target, props: { sifter } })
  if (import.meta.env.DEV) await (await import('./host/demo')).begin(sifter)
}
