import { mediaLink } from './links';

/** What becomes of a paste. */
export type Pasted =
  /** The app reads the clipboard: a picture, files, or what the page is not told. */
  | { to: 'app' }
  /** The address of a picture or a video. */
  | { to: 'link'; url: string }
  /** Text that the page puts into the field: by itself the engine takes the HTML's, without tabs. */
  | { to: 'text'; text: string }
  /** The field takes it as it takes any text. */
  | { to: 'field' };

/** A data URL of a picture, and nothing else. */
const DATA = /^\s*data:image\/[a-z0-9.+-]+;base64,[a-z0-9+/=%\s]+$/i;

/** An address, and nothing else. */
const ADDRESS = /^\s*(?:https?|data|file|blob):\S+\s*$/i;

/**
 * Tells copied text from what may be a picture, which the app finds out.
 *
 * A browser copies a picture as HTML that holds it and nothing else, with its bitmap
 * or without. Text stays text, whatever pictures stand in it: nothing of it is
 * fetched. Where there is a bitmap, WebKit tells the page of no text.
 */
export function pasted(data: DataTransfer | null): Pasted {
  if (!data) return { to: 'app' };
  const types = [...data.types];
  const text = data.getData('text/plain');
  const html = data.getData('text/html');
  // What stands beside a copied picture is its address, if anything.
  if (ADDRESS.test(text) && isPicture(html)) return { to: 'app' };
  const address = webAddress(data);
  const url = data.files.length === 0 ? mediaLink(text || address) : null;
  if (url) return { to: 'link', url };
  if (text === '' && address !== '') return { to: 'text', text: address };
  if (text === '' || DATA.test(text)) return { to: 'app' };
  if (types.includes('text/uri-list') && address === '') return { to: 'app' };
  if (html !== '') return { to: 'text', text };
  if (types.includes('text/rtf')) return { to: 'field' };
  const hasPicture = types.some((type) => type === 'Files' || /^image\//.test(type));
  return data.files.length > 0 || hasPicture ? { to: 'app' } : { to: 'field' };
}

/** The first address of a list that holds web addresses, and not files. */
function webAddress(data: DataTransfer): string {
  const lines = data.getData('text/uri-list').split(/\r?\n/);
  const first = lines.find((line) => line !== '' && !line.startsWith('#')) ?? '';
  return /^https?:/i.test(first) ? first : '';
}

/** Does HTML hold a picture and no text? Nothing of it is loaded or run. */
function isPicture(html: string): boolean {
  if (!/<img/i.test(html)) return false;
  const { body } = new DOMParser().parseFromString(html, 'text/html');
  for (const hidden of body.querySelectorAll('script, style, noscript')) hidden.remove();
  return (body.textContent ?? '').trim() === '';
}
