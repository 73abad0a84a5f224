import type { ErrorCode } from '$lib/ipc/contract/ErrorCode';

/**
 * What a person can do about an error, beside trying again:
 * - `key`: look at the provider's keys in the settings
 * - `topUp`: open the provider's page of keys and balance
 * - `activate`: open the page of the provider where the model is switched on
 * - `model`: choose another model
 * - `videoModel`: ask the model that the error suggests
 * - `fewer`: keep fewer of the conversation's pictures
 * - `network`: look at the network settings
 * - `address`: take the address that the error suggests, or correct it in the settings
 * - `without`: send without the parameter that was refused
 * - `parameters`: look at the parameters
 */
export type Step =
  | 'key'
  | 'topUp'
  | 'activate'
  | 'model'
  | 'videoModel'
  | 'fewer'
  | 'network'
  | 'address'
  | 'without'
  | 'parameters';

/** One line a code: the compiler sees to it that none is forgotten. */
const steps: Record<ErrorCode, Step[]> = {
  not_a_picture: [],
  unsupported_format: [],
  broken_picture: [],
  empty_file: [],
  is_folder: [],
  file_not_found: [],
  file_not_readable: [],
  not_a_file: [],
  file_elsewhere: [],
  file_too_large: [],
  too_many_pixels: [],
  picture_crashed: [],
  picture_reader: [],
  pdf_protected: [],
  pdf_pages: [],
  cannot_fit: [],
  link_not_read: [],
  link_refused: [],
  video_format: [],
  video_too_large: ['model'],
  video_not_taken: ['videoModel', 'model'],
  clipboard_empty: [],
  clipboard_silent: [],
  prompt_clipboard: [],
  preset_name: [],
  preset_not_found: [],
  attachment_not_ready: [],
  keyring_locked: ['key'],
  keyring_no_collection: ['key'],
  keyring_unavailable: ['key'],
  key_not_usable: ['key'],
  key_not_found: ['key'],
  key_missing: ['key', 'model'],
  key_other_origin: ['key'],
  base_url: ['address'],
  provider_not_found: ['model'],
  manifest: ['address'],
  parameter: ['parameters'],
  nothing_to_send: [],
  model_missing: ['model'],
  key_refused: ['key'],
  no_balance: ['topUp', 'key'],
  model_not_found: ['activate', 'model'],
  rate_limit: ['key', 'model'],
  too_long: ['fewer', 'model'],
  too_large: ['fewer'],
  too_many_pictures: ['fewer', 'model'],
  picture_refused: ['model'],
  moderated: ['model'],
  parameter_refused: ['without', 'parameters'],
  bad_request: ['parameters'],
  forbidden: ['key', 'model'],
  provider_down: ['model'],
  not_an_api: ['address'],
  network: ['network'],
  proxy: ['network'],
  certificate: ['network'],
  timeout: ['model'],
  bad_answer: [],
  redirect: ['address'],
  storage: [],
  storage_newer: [],
  update_unknown: [],
  backup: [],
  update_not_installed: [],
  home_in_use: [],
  not_forgotten: [],
  not_found: [],
  busy: [],
  not_allowed: [],
  internal: [],
};

/** What to offer for an error, the likeliest first. */
export function stepsOf(code: ErrorCode): Step[] {
  return steps[code] ?? [];
}
