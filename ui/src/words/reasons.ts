import { m } from '$lib/paraglide/messages';

/** A reason in the reader's language. */
type Say = (values: Record<string, string>) => string;

/** By the app's own name for it, `args.why`. */
const byName: Record<string, Say> = {
  dns: m.reason_dns,
  refused: m.reason_refused,
  reset: m.reason_reset,
  closed: m.reason_reset,
  unreachable: m.reason_unreachable,
  slept: m.reason_slept,
  timeout: m.reason_timeout,
  tls: m.reason_tls,
  expired: m.reason_expired,
  unknown_issuer: m.reason_unknown_issuer,
  wrong_name: m.reason_wrong_name,
  auth: m.reason_auth,
  denied: m.reason_denied,
  full: m.reason_full,
  read_only: m.reason_read_only,
  in_use: m.reason_in_use,
  not_found: m.reason_not_found,
  empty: m.reason_empty,
  blank: m.reason_blank,
  character: m.reason_character,
  too_long: m.reason_too_long,
  status: ({ status = '–' }) => m.reason_status({ status }),
  redirect: m.reason_redirect,
  private: m.reason_private,
  scheme: m.reason_scheme,
  type: m.reason_type,
  size: m.reason_size,
  no_service: m.reason_no_service,
  no_keyring: m.reason_no_keyring,
  no_key: m.reason_no_key,
};

/** By the number a system gives its error: Linux, macOS, Windows. */
const byNumber: Record<number, Say> = {
  2: m.reason_not_found,
  13: m.reason_denied,
  28: m.reason_full,
  30: m.reason_read_only,
  51: m.reason_unreachable,
  54: m.reason_reset,
  60: m.reason_timeout,
  61: m.reason_refused,
  65: m.reason_unreachable,
  101: m.reason_unreachable,
  104: m.reason_reset,
  110: m.reason_timeout,
  111: m.reason_refused,
  112: m.reason_full,
  113: m.reason_unreachable,
  10054: m.reason_reset,
  10060: m.reason_timeout,
  10061: m.reason_refused,
  10065: m.reason_unreachable,
  11001: m.reason_dns,
};

/**
 * Why something failed: by the app's name for it (`why`), else by the system's
 * number (`… (os error 111)`), else in the words that came. Never by matching
 * those words. Closing dots go: the reason stands inside a sentence.
 */
export function reasonText(values: Record<string, string>): string {
  const say = byName[values.why ?? ''];
  return say ? say(values) : bySystem(values.reason ?? '');
}

/** What a system said: by the number of its error, else in its own words. */
export function bySystem(reason: string): string {
  const number = /\(os error (\d+)\)/.exec(reason)?.[1];
  const say = number ? byNumber[Number(number)] : undefined;
  return say ? say({}) : ended(reason);
}

/** A sentence as it stands inside another: without its closing dot. */
export function ended(sentence: string): string {
  return sentence.replace(/[.。\s]+$/u, '');
}
