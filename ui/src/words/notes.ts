import type { AnswerNote } from '$lib/ipc/contract/AnswerNote';
import type { IpcError } from '$lib/ipc/contract/IpcError';
import { m } from '$lib/paraglide/messages';
import { errorText } from './errors';
import { bytes, duration } from '$lib/format';

type Retrying = Extract<AnswerNote, { type: 'retrying' }>;

/** A wait that is being sat out: what failed, how long, which try. */
export function retryingWords(note: Retrying, seconds: number): string {
  const { attempt, of } = note;
  if (seconds === 0) return m.retrying_now({ attempt, of });
  const values = { time: duration(seconds * 1000), attempt, of };
  switch (note.error.code) {
    case 'rate_limit':
      return m.retrying_rate(values);
    case 'provider_down':
      return m.retrying_down(values);
    case 'network':
    case 'timeout':
    case 'proxy':
      return m.retrying_network(values);
    default:
      return m.retrying_other(values);
  }
}

/** Why a key did not serve, in few words: `refused, HTTP 401`. */
function whyKey(error: IpcError): string {
  const words: Partial<Record<IpcError['code'], () => string>> = {
    key_refused: m.note_why_key_refused,
    no_balance: m.note_why_no_balance,
    rate_limit: m.note_why_rate_limit,
    forbidden: m.note_why_forbidden,
  };
  const status = error.detail?.status;
  return [words[error.code]?.() ?? errorText(error), status ? `HTTP ${status}` : null]
    .filter(Boolean)
    .join(m.list_comma());
}

/** One line of what should be known of an answer; tries have their own. */
function noteWords(note: AnswerNote): string | null {
  switch (note.type) {
    case 'retrying':
      return null;
    case 'prompt_filled':
      return m.note_prompt_filled();
    case 'other_key': {
      const values = { last4: note.last4, why: whyKey(note.error) };
      return note.label
        ? m.note_other_key({ ...values, label: note.label })
        : m.note_other_key_plain(values);
    }
    case 'smaller_pictures':
      return m.note_smaller({ count: note.count, bytes: bytes(note.bytes) });
    case 'refused_pictures_left_out':
      return m.note_refused_out({ count: note.count });
    case 'pieces_unread':
      return m.note_pieces_unread({ count: note.count });
    case 'pictures_unread':
      return m.note_pictures_unread({ count: note.count });
    case 'began_anew':
      return m.note_began_anew();
    case 'old_pictures_left_out':
      return m.note_old_out({ count: note.count });
    case 'not_taken':
      return [
        note.pictures > 0 ? m.note_not_taken_pictures({ count: note.pictures }) : null,
        note.videos > 0 ? m.note_not_taken_videos({ count: note.videos }) : null,
      ]
        .filter((line) => line !== null)
        .join(' ');
  }
}

/** The lines of an answer's notes. Tries matter only where they did not help. */
export function noteLines(notes: readonly AnswerNote[], failed: boolean): string[] {
  const lines = notes.map(noteWords).filter((line) => !!line) as string[];
  const tries = notes.filter((note) => note.type === 'retrying');
  const last = tries.at(-1);
  if (failed && last) lines.push(m.retried({ count: tries.length, reason: errorText(last.error) }));
  return [...new Set(lines)];
}
