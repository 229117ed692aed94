/** How a verdict looks. */
import type { VerdictState } from '../../components/Verdict.svelte'
import type { Verdict } from '../../contract/generated'

export const verdictLook: Record<Verdict, VerdictState> = {
  verified: 'ok',
  unknown_signer: 'new',
  not_signed: 'none',
  could_not_check: 'unk',
  do_not_use: 'bad',
}
