import type { AnswerNote } from '../contract/AnswerNote';
import type { Attachment } from '../contract/Attachment';
import type { ErrorCode } from '../contract/ErrorCode';
import type { ErrorDetail } from '../contract/ErrorDetail';
import type { IpcError } from '../contract/IpcError';
import type { Message } from '../contract/Message';
import type { Picture } from '../contract/Picture';
import { noParams } from '$lib/parameters';
import { unknownModel } from '$lib/models';
import { contentOf, contentScenes } from './content';
import { attachment, errorOf, message } from './messages';
import type { Set, Talk } from './world';

const MB = 1024 * 1024;

/** What a provider says, of those codes where it says something. */
const said: Partial<Record<ErrorCode, Partial<ErrorDetail>>> = {
  key_refused: { status: 401, code: 'invalid_api_key', message: 'Incorrect API key provided.' },
  no_balance: {
    status: 429,
    code: 'insufficient_user_quota',
    message: 'user quota is not enough, remaining: $0.00',
  },
  model_not_found: {
    status: 404,
    code: 'model_not_found',
    message: 'The model `doubao-seed-1-6-visoin` does not exist or you do not have access to it.',
  },
  rate_limit: { status: 429, code: 'rate_limit_exceeded', message: 'Too many requests.' },
  too_long: {
    status: 400,
    code: 'context_length_exceeded',
    message: 'This model’s maximum context length is 131072 tokens, your request has 162210.',
  },
  too_large: { status: 413, message: '413 Request Entity Too Large' },
  picture_refused: {
    status: 400,
    code: 'InvalidParameter',
    message: 'image pixel is invalid, total pixels must be between 196 and 36000000',
  },
  moderated: { status: 400, code: 'data_inspection_failed', message: 'Output data may contain…' },
  parameter_refused: {
    status: 400,
    code: 'unsupported_value',
    message: 'Unsupported value: `temperature` does not support 0.2 with this model.',
  },
  provider_down: {
    status: 503,
    message: Array.from(
      { length: 9 },
      (_, at) => `upstream ${at}: no healthy node, last error "connect timeout"`,
    ).join('\n'),
  },
  not_an_api: { status: 404, message: '<!doctype html><title>Welcome to nginx!</title>' },
  forbidden: { status: 403, message: 'Your key has no access to this group.' },
  bad_request: { status: 400, message: 'messages: expected at least one user turn' },
};

/** Values of every code's wording. */
const args: Record<string, string> = {
  name: 'clip.mp4',
  format: 'MKV',
  host: 'api.chenyu.cn',
  reason: 'tcp connect error: Connection refused (os error 111)',
  provider: 'Chenyu',
  url: 'https://www.anyfast.ai',
  suggestion: 'https://www.anyfast.ai/v1',
  parameter: 'temperature',
  model: 'doubao-seed-1-6-vision',
  seconds: '300',
  bytes: String(23 * MB),
  limit: String(20 * MB),
  pictures: '12',
  path: '/home/mei/.local/share/dragoman/dragoman.db',
};

/** An error as it comes from the app. */
export function failure(code: ErrorCode): IpcError {
  const detail = said[code];
  const numbers: Record<string, string> = code === 'too_many_pictures' ? { limit: '10' } : {};
  return {
    ...errorOf(code, `A ${code} that the page has no words for.`, { ...args, ...numbers }),
    retryAfterMs: code === 'rate_limit' ? 42_000 : null,
    detail: detail
      ? { status: null, code: null, message: null, requestId: '20261121-88f1', ...detail }
      : null,
  };
}

function pair(set: Set, given: Partial<Message>): Message[] {
  const { zh, shown } = set;
  return [
    message({
      id: 'q1',
      role: 'user',
      text: zh ? '这两张哪张更清晰？' : 'Which of the two is sharper?',
      pictures: shown,
    }),
    message({ id: 'a1', parent: 'q1', role: 'assistant', ...given }),
  ];
}

function notes(zh: boolean): AnswerNote[] {
  return [
    { type: 'retrying', error: failure('provider_down'), attempt: 1, of: 2, at: Date.now() },
    {
      type: 'other_key',
      error: failure('key_refused'),
      label: zh ? '工作' : 'work',
      last4: 'a1b2',
    },
    { type: 'smaller_pictures', count: 3, bytes: 4.1 * MB },
    { type: 'refused_pictures_left_out', count: 1 },
    { type: 'old_pictures_left_out', count: 6 },
    { type: 'not_taken', pictures: 0, videos: 1 },
  ];
}

/** Attachments of every kind. */
function media(picture: Picture): Attachment[] {
  const link = (id: string, host: string, file: string, video: boolean) =>
    attachment({
      id,
      name: file,
      link: { url: `https://${host}/${file}`, host, video, refused: false },
    });
  const video = (id: string, name: string, bytes: number) =>
    attachment({
      id,
      name,
      video: { hash: id, name, mime: 'video/mp4', bytes },
      metadata: 'removed',
    });
  return [
    attachment({ id: 'm1', name: picture.name, picture }),
    video('m2', 'VID_20261121_0932 walk along the harbour.mp4', 3.1 * MB),
    link('m3', 'upload.wikimedia.org', 'wikipedia/commons/a/a9/Example.jpg', false),
    link('m4', 'cdn.example.com', 'clips/%E6%B5%B7.mp4', true),
  ];
}

/** A hundred pictures, on their way. */
function hundred(picture: Picture): Attachment[] {
  return Array.from({ length: 100 }, (_, at) => {
    const given = { id: `h${at}`, name: `IMG_${2000 + at}.jpg`, thumbnail: at < 60 };
    if (at === 7) {
      const args = { name: given.name, format: 'JPEG' };
      const error = errorOf('broken_picture', 'It cannot be decoded.', args);
      return attachment({ ...given, thumbnail: false, state: 'failed', error });
    }
    if (at >= 38) return attachment({ ...given, state: 'preparing' });
    const own = { ...picture, name: given.name, master: `${picture.master}${at}` };
    return attachment({ ...given, picture: own });
  });
}

/** A long screenshot in pieces, a photo with marks, and one whose thumbnail has come. */
function tall(picture: Picture): Attachment[] {
  const sent = { width: 1080, height: 2048, bytes: 240_000 };
  const tiles = ['tall1', 'tall2', 'tall3'].map((hash, at) => ({
    ...sent,
    hash,
    area: { x: 0, y: at * 1900, width: 1080, height: 2048 },
  }));
  const long: Picture = {
    ...picture,
    name: 'Screenshot of a very long conversation about the harbour 2026-11-21.png',
    hash: 'tall',
    master: 'tall',
    width: 1080,
    height: 5848,
    originalWidth: 1080,
    originalHeight: 5848,
    bytes: 720_000,
    originalBytes: 720_000,
    done: ['metadata_removed'],
    tokens: 4218,
    tiles,
  };
  const photo: Picture = {
    ...picture,
    hash: 'photo',
    master: 'photomaster',
    name: 'IMG_2041.jpg',
    width: 2048,
    height: 1365,
    originalWidth: 4032,
    originalHeight: 2688,
    done: ['oriented', 'resized', 'location_removed'],
    originalBytes: 3_400_000,
    tokens: 1312,
  };
  return [
    attachment({ id: 't1', name: long.name, picture: long, thumbnail: true }),
    attachment({ id: 't2', name: photo.name, picture: photo, thumbnail: true }),
    attachment({ id: 't3', name: 'winter.jpg', state: 'preparing', thumbnail: true }),
    attachment({ id: 't4', name: 'next.heic', state: 'preparing' }),
  ];
}

/** The names of these scenes: each error has one. */
export const stateScenes = [
  ...Object.keys(said).map((code) => `error:${code}`),
  'retrying',
  'quiet',
  'notes',
  'media',
  'hundred',
  'tall',
  'full',
  'params',
  ...contentScenes,
];

/** Sets a state of the composer or of an answer: `error:rate_limit`, `retrying`, `media`… */
export function setState(name: string, set: Set): void {
  const { made, zh, answer, shown } = set;
  const [kind, code] = name.split(':') as [string, ErrorCode | undefined];
  const chenyu = made.providers[1]!;
  const anyfast = made.providers[2]!;
  const blank = { ...answer, usage: null, firstTokenMs: null, reasoningMs: null, totalMs: null };
  const show = (messages: Message[], more: Partial<Talk> = {}) =>
    made.conversations.unshift({
      id: 'c1',
      title: zh ? '状态' : 'A state',
      messages,
      params: noParams(),
      provider: 'chenyu',
      model: answer.model,
      updatedAt: Date.now(),
      answering: false,
      ...more,
    });
  const knows = {
    ...unknownModel('doubao-seed-1-6-vision'),
    image: true,
    thinking: ['on', 'off', 'auto'] as ('on' | 'off' | 'auto')[],
    takesEffort: true,
    efforts: ['minimal', 'low', 'medium', 'high'],
    details: ['low', 'high', 'xhigh'],
    output: 32_768,
  };
  const content = contentOf(kind, set);
  if (content) show(content.messages, content.title ? { title: content.title } : {});
  if (kind === 'error' && code)
    show(
      pair(set, {
        state: 'failed',
        error: failure(code),
        answer: { ...blank, finishReason: null },
      }),
      { params: { ...noParams(), temperature: 0.2, topP: 0.9 } },
    );
  if (kind === 'retrying')
    show(
      pair(set, {
        state: 'streaming',
        answer: {
          ...blank,
          notes: [
            {
              type: 'retrying',
              error: failure(code ?? 'rate_limit'),
              attempt: 1,
              of: 2,
              at: Date.now() + 30_000,
            },
          ],
        },
      }),
      { answering: true },
    );
  if (kind === 'quiet')
    show(pair(set, { state: 'streaming', answer: blank, createdAt: Date.now() - 42_000 }), {
      answering: true,
    });
  if (kind === 'notes') {
    const blocks = [{ id: 'b', html: '<p>The second one.</p>', parts: [] }];
    show(pair(set, { answer: { ...answer, notes: notes(zh) }, blocks, text: 'The second one.' }));
  }
  if (kind === 'media') {
    Object.assign(chenyu.models[0]!, { video: false });
    made.keys.push({ ...made.keys[0]!, id: 'k3', provider: 'anyfast', label: '' });
    anyfast.models.push({ ...unknownModel('doubao-seed-2.0-pro'), image: true, video: true });
    made.attachments = media(shown[0]!);
    const refused = { ...shown[1]!, refused: true };
    const asked = pair(set, { answer, blocks: [{ id: 'b', html: '<p>Yes.</p>', parts: [] }] });
    const [video, link] = [made.attachments[1]!.video!, made.attachments[2]!.link!];
    Object.assign(asked[0]!, {
      pictures: [shown[0], refused],
      videos: [video],
      links: [{ ...link, refused: true }],
    });
    show(asked);
  }
  if (kind === 'hundred') made.attachments = hundred(shown[0]!);
  if (kind === 'tall') made.attachments = tall(shown[0]!);
  if (kind === 'full') {
    const heavy = shown.map((picture) => ({ ...picture, bytes: 3.4 * MB }));
    const asked = pair(set, { answer, blocks: [{ id: 'b', html: '<p>Yes.</p>', parts: [] }] });
    asked[0]!.pictures = [...heavy, ...heavy, ...(code ? heavy : [])];
    show(asked);
  }
  if (kind === 'params') {
    chenyu.models[0] = knows;
    show(pair(set, { answer, blocks: [{ id: 'b', html: '<p>Yes.</p>', parts: [] }] }), {
      params: {
        ...noParams(),
        temperature: 0.2,
        thinking: 'auto',
        effort: 'medium',
        extra: '{"seed": 7}',
        without: ['top_p'],
      },
    });
  }
}
