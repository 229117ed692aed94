// Words of the parts of the kit itself.

export const kit = {
  close: 'Close',
  dismiss: 'Dismiss',
  details: 'Details',
  copyDetails: 'Copy details',
  remove: (what: string) => `Remove ${what}`,
  notifications: 'Notifications',
}
