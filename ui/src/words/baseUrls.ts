import { m } from '$lib/paraglide/messages';

/** Why a base URL is refused, by the app's name for the reason. */
const refusals: Record<string, (values: { url: string }) => string> = {
  empty: m.base_url_empty,
  not_an_address: m.base_url_not_an_address,
  characters: m.base_url_characters,
  too_long: m.base_url_too_long,
  scheme: m.base_url_scheme,
  user_info: m.base_url_user_info,
  query: m.base_url_query,
  fragment: m.base_url_fragment,
  plain_http: m.base_url_plain_http,
  private_http: m.base_url_private_http,
  link_local: m.base_url_link_local,
  no_machine: m.base_url_no_machine,
};

/** A sentence that says why this base URL is refused; `null` for a reason that is not known. */
export function baseUrlRefusal(why: string, url: string): string | null {
  return Object.hasOwn(refusals, why) ? (refusals[why]?.({ url }) ?? null) : null;
}
