import type { ErrorCode } from '$lib/ipc/contract/ErrorCode';
import type { IpcError } from '$lib/ipc/contract/IpcError';
import { m } from '$lib/paraglide/messages';
import { bytes, pixels, whole } from '$lib/format';
import { baseUrlRefusal } from './baseUrls';
import { manifestReason } from './manifests';
import { reasonText } from './reasons';

/** The values an error names, with sizes made readable. */
type Values = Record<string, string>;

/** Our wording of a code, and the values without which it makes no sense. */
interface Wording {
  needs: string[];
  say: (values: Values) => string;
}

/** A wording without values. */
function plain(say: () => string): Wording {
  return { needs: [], say };
}

/** A wording with values; what is missing falls back to the error's own message. */
function named<K extends string>(
  say: (values: Record<K, string>) => string,
  ...needs: K[]
): Wording {
  return { needs, say: (values) => say(values as Record<K, string>) };
}

/** Reads a number out of a value, and formats it; what is no number stays. */
function numeric(value: string | undefined, format: (value: number) => string): string {
  const number = Number(value);
  return value !== undefined && Number.isFinite(number) ? format(number) : (value ?? '');
}

/** Why a keyring stays locked, by the app's name for the reason. */
const locked: Record<string, (values: { seconds: string }) => string> = {
  dismissed: m.error_keyring_dismissed,
  unanswered: m.error_keyring_unanswered,
  stopped: m.error_keyring_stopped,
  no_answer: m.error_keyring_no_answer,
};

/** Why a link of another program was refused, by the app's name for the reason. */
const links: Record<string, (values: { limit: string; what: string }) => string> = {
  alone: m.link_alone,
  long: m.link_long,
  more: m.link_more,
};

function linkRefusedText({ why, limit = '', what = '' }: Values): string {
  const reason = (links[why ?? ''] ?? m.link_form)({ limit: numeric(limit, whole), what });
  return m.error_link_refused({ reason });
}

/** Why what was said of newer versions is not believed, by the app's name for the reason. */
const updates: Record<string, () => string> = {
  unsigned: m.update_unsigned,
  malformed: m.update_malformed,
  expired: m.update_expired,
  older: m.update_older,
};

/** Why no backup was made, or none brought back, by the app's name for the reason. */
const backups: Record<string, (values: { path: string; name: string; reason: string }) => string> =
  {
    gone: m.backup_why_gone,
    no_folder: m.backup_why_no_folder,
    inside_home: m.backup_why_inside_home,
    read_only: m.backup_why_read_only,
    full: m.backup_why_full,
    busy: m.backup_why_busy,
    no_set: m.backup_why_no_set,
    altered: m.backup_why_altered,
    missing: m.backup_why_missing,
    newer: m.backup_why_newer,
    home_in_use: m.backup_why_home_in_use,
    history: m.backup_why_history,
    stopped: m.backup_why_stopped,
    no_home: m.backup_why_no_home,
  };

/** What a file is that is no picture, by the app's name for it. */
const kinds: Record<string, (values: { name: string }) => string> = {
  web_page: m.error_not_a_picture_web_page,
  video: m.error_not_a_picture_video,
  sound: m.error_not_a_picture_sound,
  document: m.error_not_a_picture_document,
  archive: m.error_not_a_picture_archive,
  text: m.error_not_a_picture_text,
  program: m.error_not_a_picture_program,
  font: m.error_not_a_picture_font,
};

function notAPictureText(values: { name: string; what?: string }): string {
  return (kinds[values.what ?? ''] ?? m.error_not_a_picture)(values);
}

/** What a kind of file is called that has no name but a phrase, by the app's name for it. */
const phrases: Record<string, (values: { whose: string }) => string> = {
  raw: m.format_raw,
  raw_of: m.format_raw_of,
  cursor: m.format_cursor,
  coding_of: m.format_coding_of,
};

function formatText({ format, kind, whose = '' }: { format: string } & Values): string {
  return phrases[kind ?? '']?.({ whose }) ?? format;
}

function baseUrlText(values: Values): string {
  const said = baseUrlRefusal(values.why ?? '', values.url ?? '');
  return said ?? m.error_base_url({ reason: values.reason ?? '' });
}

function tooLargeText(values: Values): string {
  if (!values.bytes || !values.limit) return m.error_too_large();
  return m.error_too_large_limit({
    bytes: numeric(values.bytes, bytes),
    limit: numeric(values.limit, bytes),
  });
}

/** Why a prompt gets no text from the clipboard. */
function promptClipboardText({ why, chars, limit }: Values): string {
  if (why === 'no_window') return m.error_prompt_clipboard_no_window();
  if (why !== 'long') return m.error_prompt_clipboard();
  return m.error_prompt_clipboard_long({
    chars: numeric(chars, whole),
    limit: numeric(limit, whole),
  });
}

/** One wording for every code: the compiler sees to it that none is missing. */
const wordings: Record<ErrorCode, Wording> = {
  not_a_picture: named(notAPictureText, 'name'),
  unsupported_format: named(
    (v) => m.error_unsupported_format({ ...v, format: formatText(v) }),
    'name',
    'format',
  ),
  broken_picture: named(m.error_broken_picture, 'name', 'format'),
  empty_file: named(m.error_empty_file, 'name'),
  is_folder: named(m.error_is_folder, 'name'),
  file_not_found: named(m.error_file_not_found, 'name'),
  file_not_readable: named(m.error_file_not_readable, 'name'),
  not_a_file: named(m.error_not_a_file, 'name'),
  file_elsewhere: named(m.error_file_elsewhere, 'name', 'place'),
  file_too_large: named(
    (v) =>
      m.error_file_too_large({
        name: v.name,
        bytes: numeric(v.bytes, bytes),
        limit: numeric(v.limit, bytes),
      }),
    'name',
    'bytes',
    'limit',
  ),
  too_many_pixels: named(
    (v) => m.error_too_many_pixels({ ...v, limit: numeric(v.limit, pixels) }),
    'name',
    'width',
    'height',
    'limit',
  ),
  picture_crashed: named(m.error_picture_crashed, 'name'),
  picture_reader: named(m.error_picture_reader, 'program', 'reason'),
  pdf_protected: named(m.error_pdf_protected, 'name'),
  pdf_pages: named(m.error_pdf_pages, 'name', 'pages', 'taken'),
  cannot_fit: named(
    (v) => m.error_cannot_fit({ name: v.name, limit: numeric(v.limit, bytes) }),
    'name',
    'limit',
  ),
  link_not_read: named(m.error_link_not_read, 'host', 'reason'),
  link_refused: { needs: [], say: linkRefusedText },
  video_format: named(m.error_video_format, 'name', 'format'),
  video_too_large: named(
    (v) =>
      m.error_video_too_large({
        name: v.name,
        bytes: numeric(v.bytes, bytes),
        limit: numeric(v.limit, bytes),
      }),
    'name',
    'bytes',
    'limit',
  ),
  video_not_taken: named(m.error_video_not_taken, 'model'),
  clipboard_empty: plain(m.error_clipboard_empty),
  clipboard_silent: plain(m.error_clipboard_silent),
  prompt_clipboard: { needs: [], say: promptClipboardText },
  preset_name: named(m.error_preset_name, 'limit'),
  preset_not_found: named(m.error_preset_not_found, 'name'),
  attachment_not_ready: plain(m.error_attachment_not_ready),
  keyring_locked: {
    needs: [],
    say: (values) => (locked[values.why ?? ''] ?? m.error_keyring_locked)(values as never),
  },
  keyring_no_collection: plain(m.error_keyring_no_collection),
  keyring_unavailable: named(m.error_keyring_unavailable, 'reason'),
  key_not_usable: named(m.error_key_not_usable, 'reason'),
  key_not_found: plain(m.error_key_not_found),
  key_missing: named(m.error_key_missing, 'provider'),
  key_other_origin: named(m.error_key_other_origin, 'origin', 'was'),
  base_url: named((v) => baseUrlText(v), 'reason'),
  provider_not_found: named(m.error_provider_not_found, 'provider'),
  manifest: named(m.error_manifest, 'field', 'reason'),
  parameter: named(m.error_parameter, 'parameter', 'range'),
  nothing_to_send: plain(m.error_nothing_to_send),
  model_missing: plain(m.error_model_missing),
  key_refused: plain(m.error_key_refused),
  no_balance: plain(m.error_no_balance),
  model_not_found: {
    needs: [],
    say: ({ about }) =>
      about === 'not_activated' ? m.error_model_not_activated() : m.error_model_not_found(),
  },
  rate_limit: plain(m.error_rate_limit),
  too_long: plain(m.error_too_long),
  too_large: { needs: [], say: tooLargeText },
  too_many_pictures: named(m.error_too_many_pictures, 'pictures', 'limit'),
  picture_refused: {
    needs: [],
    // Refused before anything was sent, or because of the model: no picture is marked.
    say: ({ model, why }) => {
      if (!model) return m.error_picture_refused();
      return why === 'links'
        ? m.error_pictures_as_links({ model })
        : m.error_pictures_not_taken({ model });
    },
  },
  moderated: plain(m.error_moderated),
  parameter_refused: named(m.error_parameter_refused, 'parameter'),
  bad_request: plain(m.error_bad_request),
  forbidden: plain(m.error_forbidden),
  provider_down: plain(m.error_provider_down),
  not_an_api: named(m.error_not_an_api, 'url'),
  network: {
    needs: ['host', 'reason'],
    say: ({ host = '', reason = '', sent }) =>
      sent ? m.error_network_sent({ host, reason }) : m.error_network({ host, reason }),
  },
  proxy: named(m.error_proxy, 'host', 'reason'),
  certificate: named(m.error_certificate, 'host', 'reason'),
  timeout: named(m.error_timeout, 'seconds'),
  bad_answer: named(m.error_bad_answer, 'reason'),
  redirect: named(m.error_redirect, 'url'),
  storage: named(m.error_storage, 'path', 'reason'),
  storage_newer: named(m.error_storage_newer, 'path'),
  update_unknown: {
    needs: ['reason'],
    say: ({ why, reason = '' }) =>
      m.error_update_unknown({ reason: updates[why ?? '']?.() ?? reason }),
  },
  backup: {
    needs: [],
    say: ({ why = '', path = '', name = '', reason = '' }) =>
      (backups[why] ?? m.backup_why_system)({ path, name, reason }),
  },
  update_not_installed: named(m.error_update_not_installed, 'reason'),
  home_in_use: plain(m.error_home_in_use),
  not_forgotten: {
    needs: ['reason'],
    say: ({ why, keys = '', path = '', reason = '' }) =>
      why === 'keys'
        ? m.error_not_forgotten_keys({ keys: numeric(keys, whole), reason })
        : m.error_not_forgotten({ path, reason }),
  },
  not_found: plain(m.error_not_found),
  busy: plain(m.error_busy),
  not_allowed: plain(m.error_not_allowed),
  internal: named(m.error_internal, 'message'),
};

/**
 * An error in the reader's language: our wording of its code; where a value is
 * missing or the code is not known, the app's own English message.
 */
export function errorText(error: IpcError): string {
  const wording: Wording | undefined = wordings[error.code];
  const values: Values = { message: error.message, ...error.args };
  // A base URL's reasons are whole sentences with their own wording.
  if (error.code === 'manifest') values.reason = manifestReason(error);
  else if (error.code !== 'base_url' && (values.reason || values.why))
    values.reason = reasonText(values);
  if (!wording || wording.needs.some((name) => !values[name])) return error.message;
  return wording.say(values);
}

/** What to copy when someone asks for help: everything known, nothing secret. */
export function errorDetails(error: IpcError, about: string[] = []): string {
  const detail = error.detail;
  return [
    `${error.code}: ${error.message}`,
    detail?.status ? `HTTP ${detail.status}` : null,
    detail?.code,
    detail?.message,
    detail?.requestId ? `request ${detail.requestId}` : null,
    ...about,
  ]
    .filter(Boolean)
    .join('\n');
}
