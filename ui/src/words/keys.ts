import type { ErrorCode } from '$lib/ipc/contract/ErrorCode';
import { m } from '$lib/paraglide/messages';

/** Why a key rests, in two words. */
export function restReason(because: ErrorCode | null): string {
  switch (because) {
    case 'rate_limit':
      return m.rest_rate_limit();
    case 'no_balance':
      return m.rest_no_balance();
    case 'key_refused':
      return m.rest_refused();
    case 'forbidden':
      return m.rest_forbidden();
    default:
      return m.rest_other();
  }
}
