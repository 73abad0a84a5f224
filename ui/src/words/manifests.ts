import type { IpcError } from '$lib/ipc/contract/IpcError';
import type { ManifestReason } from '$lib/ipc/contract/ManifestReason';
import { m } from '$lib/paraglide/messages';
import { baseUrlRefusal } from './baseUrls';
import { bySystem, ended } from './reasons';

/** Facts of a reason, which an error brings as text. */
type Facts = Record<string, string>;

/** One wording for every reason: the compiler sees to it that none is missing. */
const reasons: Record<ManifestReason['why'], (facts: Facts) => string> = {
  address: ({ refusal = '', url = '', words = '' }) => baseUrlRefusal(refusal, url) ?? words,
  syntax: (facts) => m.manifest_syntax(facts as never),
  more_than_one: (facts) => m.manifest_more_than_one(facts as never),
  missing: (facts) => m.manifest_missing(facts as never),
  unknown_field: (facts) => m.manifest_unknown_field(facts as never),
  unknown_value: (facts) => m.manifest_unknown_value(facts as never),
  wrong_type: (facts) => m.manifest_wrong_type(facts as never),
  unfit: (facts) => m.manifest_unfit(facts as never),
  empty: (facts) => m.manifest_empty(facts as never),
  one_line: (facts) => m.manifest_one_line(facts as never),
  one_line_bytes: (facts) => m.manifest_one_line_bytes(facts as never),
  phrase: (facts) => m.manifest_phrase(facts as never),
  form: (facts) => m.manifest_form(facts as never),
  tag: (facts) => m.manifest_tag(facts as never),
  too_many: (facts) => m.manifest_too_many(facts as never),
  too_many_choices: (facts) => m.manifest_too_many_choices(facts as never),
  repeats: (facts) => m.manifest_repeats(facts as never),
  at_least: (facts) => m.manifest_at_least(facts as never),
  positive: (facts) => m.manifest_positive(facts as never),
  over: (facts) => m.manifest_over(facts as never),
  out_of_range: (facts) => m.manifest_out_of_range(facts as never),
  personal: (facts) => m.manifest_personal(facts as never),
  built_in: (facts) => m.manifest_built_in(facts as never),
  in_file: (facts) => m.manifest_in_file(facts as never),
  id_form: (facts) => m.manifest_id_form(facts as never),
  id_built_in: (facts) => m.manifest_id_built_in(facts as never),
  id_taken: (facts) => m.manifest_id_taken(facts as never),
  id_in_file: (facts) => m.manifest_id_in_file(facts as never),
  id_changed: (facts) => m.manifest_id_changed(facts as never),
  invisible: (facts) => m.manifest_invisible(facts as never),
  posing: (facts) => m.manifest_posing(facts as never),
  set_by_app: (facts) => m.manifest_set_by_app(facts as never),
  carries_key: (facts) => m.manifest_carries_key(facts as never),
  not_for_keys: (facts) => m.manifest_not_for_keys(facts as never),
  header_value: (facts) => m.manifest_header_value(facts as never),
  fits_all: (facts) => m.manifest_fits_all(facts as never),
  no_address: (facts) => m.manifest_no_address(facts as never),
  written_as: (facts) => m.manifest_written_as(facts as never),
  file_link: (facts) => m.manifest_file_link(facts as never),
  no_file: (facts) => m.manifest_no_file(facts as never),
  file_size: (facts) => m.manifest_file_size(facts as never),
  not_text: (facts) => m.manifest_not_text(facts as never),
  not_read: ({ error = '' }) => m.manifest_not_read({ error: bySystem(error) }),
  not_written: ({ error = '' }) => m.manifest_not_written({ error: bySystem(error) }),
  not_removed: ({ error = '' }) => m.manifest_not_removed({ error: bySystem(error) }),
};

/**
 * Why a provider file is refused, in the reader's language; in the app's own English
 * words where it is a reason that is not known here. Without a closing dot.
 */
export function manifestReason({ args }: Pick<IpcError, 'args'>): string {
  const say = Object.hasOwn(reasons, args.why ?? '')
    ? reasons[args.why as ManifestReason['why']]
    : undefined;
  return ended(say ? say(args) : (args.reason ?? ''));
}
