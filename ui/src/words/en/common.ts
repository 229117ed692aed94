/** Words that occur everywhere. */
export const common = {
  appName: 'Sifter',
  cancel: 'Cancel',
  close: 'Close',
  copy: 'Copy',
  copied: 'Copied',
  details: 'Details',
  retry: 'Try again',
  signIn: 'Sign in',
  unknown: 'Unknown',
  thisComputer: 'This computer',
}
