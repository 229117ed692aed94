/** Words of the first page. */
export const home = {
  title: 'Home',
  moving: 'Moving now',
  showAll: 'All transfers',
  attention: 'Needs attention',
  look: 'Look',
  recent: 'Recent images',
  name: 'Name',
  what: 'What happened',
  when: 'When',
  uploaded: (server: string) => `Uploaded to ${server}`,
  downloaded: (server: string) => `Downloaded from ${server}`,
  space: 'Space',
  start: 'What would you like to do?',
}
