/** A verification in brief, as rows and cards show it. */
import type { FileCheck, SignerView, VerificationView } from '../../contract/generated'

export function briefOf(view: VerificationView): FileCheck {
  const signers: SignerView[] = []
  for (const one of view.signatures) {
    const fingerprint = one.key ?? one.fingerprint
    if (fingerprint === null || signers.some((known) => known.fingerprint === fingerprint)) continue
    const proven = one.origin !== null || one.key !== null
    signers.push({ name: one.signer, fingerprint, proven })
  }
  const { verdict, reason, contents, asked, checked } = view
  return { verdict, reason, contents, signers, asked, checked }
}
