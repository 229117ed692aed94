/** Words that occur everywhere. */
export const common = {
  cancel: 'Cancel',
  copied: 'Copied',
  retry: 'Try again',
}
