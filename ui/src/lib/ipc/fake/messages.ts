import type { Answer } from '../contract/Answer';
import type { Attachment } from '../contract/Attachment';
import type { ErrorCode } from '../contract/ErrorCode';
import type { IpcError } from '../contract/IpcError';
import type { Message } from '../contract/Message';
import { noOptions } from '$lib/marks';

/** A message, with what matters here; the rest is empty. */
export function message(given: Partial<Message> & Pick<Message, 'id' | 'role'>): Message {
  return {
    parent: null,
    state: 'complete',
    text: '',
    blocks: [],
    reasoning: [],
    pictures: [],
    videos: [],
    links: [],
    answer: null,
    error: null,
    createdAt: Date.now(),
    versions: [],
    ...given,
  };
}

/** An answer of which nothing is known yet but who was asked. */
export function emptyAnswer(provider: string, providerName: string, model: string): Answer {
  return {
    provider,
    providerName,
    model,
    answeredBy: null,
    keyLabel: null,
    keyLast4: null,
    finishReason: null,
    usage: null,
    firstTokenMs: null,
    reasoningMs: null,
    totalMs: null,
    requestId: null,
    notes: [],
  };
}

/** An error of the contract. */
export function errorOf(
  code: ErrorCode,
  message: string,
  args: Record<string, string> = {},
): IpcError {
  return { code, message, args, retryAfterMs: null, detail: null };
}

/** An attachment that is ready, with what matters here; the rest is empty. */
export function attachment(
  given: Partial<Attachment> & Pick<Attachment, 'id' | 'name'>,
): Attachment {
  return {
    state: 'ready',
    picture: null,
    video: null,
    metadata: null,
    link: null,
    error: null,
    thumbnail: false,
    options: noOptions(),
    ...given,
  };
}
