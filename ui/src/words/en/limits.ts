// Words of the speed limit: the button that always shows it, its menu and its sheet.

import type { LimitHours, SettingsView, SpeedLimits } from '../../contract/generated'
import { limit, timeOfDay } from '../format'

const NONE = 'No limit'

/** What the limits are, whatever hour it is. */
function rates({ up, down }: SpeedLimits): string {
  if (up === null && down === null) return NONE
  if (up === down && up !== null) return limit(up)
  return [up !== null && `↑ ${limit(up)}`, down !== null && `↓ ${limit(down)}`].filter(Boolean).join(', ')
}

const between = (hours: LimitHours | null) =>
  hours ? `, ${timeOfDay(hours.from)} to ${timeOfDay(hours.until)}` : ''

export const limits = {
  title: 'Speed limit',
  note: 'All transfers together. An empty field is no limit.',
  none: NONE,
  rate: limit,
  custom: 'Custom…',
  /** What the button says: what counts now, and until when. */
  now: ({ limits, limitedNow }: SettingsView): string => {
    if (limits.up === null && limits.down === null) return NONE
    const until = (minutes?: number) => (minutes === undefined ? '' : ` until ${timeOfDay(minutes)}`)
    if (!limitedNow) return `${NONE}${until(limits.hours?.from)}`
    return `Limited to ${rates(limits)}${until(limits.hours?.until)}`
  },
  /** What was chosen. */
  told: (limits: SpeedLimits): string => {
    const none = limits.up === null && limits.down === null
    return none ? NONE : `${rates(limits)}${between(limits.hours)}`
  },
  buttonName: (now: string) => `Speed limit: ${now}`,
  up: 'Uploads, MiB/s',
  down: 'Downloads, MiB/s',
  rateHint: NONE,
  badRate: 'A number such as 5 or 0.5, and at least 0.02.',
  when: 'When',
  always: 'Always',
  hours: 'Between two times',
  from: 'From',
  until: 'Until',
  badTime: 'A time such as 08:00.',
  sameTime: 'Two different times.',
  nextDay: 'The next morning.',
  set: 'Set limit',
}
