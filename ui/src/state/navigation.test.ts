import { describe, expect, it } from 'vitest'

import { Navigation } from './navigation.svelte'

describe('navigation', () => {
  it('goes back and forward through the places in order', () => {
    const navigation = new Navigation()
    navigation.go({ name: 'transfers' })
    navigation.go({ name: 'settings' })
    navigation.back()
    expect(navigation.route.name).toBe('transfers')
    navigation.forward()
    expect(navigation.route.name).toBe('settings')
    expect(navigation.canGoForward).toBe(false)
  })

  it('forgets the way forward when it goes elsewhere', () => {
    const navigation = new Navigation()
    navigation.go({ name: 'transfers' })
    navigation.back()
    navigation.go({ name: 'accounts' })
    expect(navigation.canGoForward).toBe(false)
    navigation.back()
    expect(navigation.route.name).toBe('home')
  })

  it('does not record a place twice in a row', () => {
    const navigation = new Navigation()
    navigation.go({ name: 'server', serverId: 'a' })
    navigation.go({ name: 'server', serverId: 'a' })
    navigation.back()
    expect(navigation.route.name).toBe('home')
  })

  it('replaces a place without leaving a way back to it', () => {
    const navigation = new Navigation()
    navigation.go({ name: 'welcome' })
    navigation.replace({ name: 'accounts' })
    navigation.back()
    expect(navigation.route.name).toBe('home')
  })
})
