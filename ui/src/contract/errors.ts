/** Makes a `UiError` of whatever a host threw, so that everyone else can switch on `code`. */
import type { UiError } from './generated'

export function isUiError(value: unknown): value is UiError {
  return (
    typeof value === 'object' &&
    value !== null &&
    'code' in value &&
    typeof value.code === 'string' &&
    'params' in value &&
    'details' in value
  )
}

/** Failures of the transport itself arrive as bare strings or as `Error`. */
export function toUiError(value: unknown): UiError {
  if (isUiError(value)) return value
  const details = value instanceof Error ? `${value.name}: ${value.message}` : String(value)
  return { code: 'internal', params: {}, retry: 'no', details }
}
