/** Sample answers for looking at screens with `npm run dev` and `?demo`. Never part of a build. */
import { FakeHost } from './fake'

export function demoHost(): FakeHost {
  return new FakeHost({})
}
