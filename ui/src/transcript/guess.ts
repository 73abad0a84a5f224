import type { Block } from '$lib/ipc/contract/Block';
import type { Picture } from '$lib/ipc/contract/Picture';
import type { Entry } from './thread.svelte';

/** What `app.css` and `markdown.css` make of text, in pixels. */
const LINE = 25;
const LATIN = 7.4;
const WIDE = 15;
const GAP = 12;
const CODE_LINE = 20;
const CODE_FRAME = 52;
const ROW = 38;
/** A bubble's padding, and what of the column it takes at most. */
const BUBBLE = { across: 32, down: 20, share: 0.86 };
/** What can be done with a message, below it. */
const FOOT = 28;
/** Who answers, above it. */
const HEAD = 20;
/** A row of pictures: one, two, more. */
const PICTURES = [0, 280, 158];
const MORE_PICTURES = 168;

/** Letters as wide as they are high. */
const WIDE_LETTERS =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60]/g;

/** How many lines a text takes in so many pixels. */
function linesOf(text: string, width: number): number {
  return text.split('\n').reduce((lines, line) => {
    const wide = line.match(WIDE_LETTERS)?.length ?? 0;
    const across = wide * WIDE + (line.length - wide) * LATIN;
    return lines + Math.max(1, Math.ceil(across / Math.max(width, WIDE)));
  }, 0);
}

function words(html: string): string {
  return html.replace(/<[^>]*>/g, '').trimEnd();
}

function blockHeight({ html, parts }: Block, width: number): number {
  if (html.includes('<pre')) {
    const inside = words(html);
    return CODE_FRAME + CODE_LINE * (parts.length || inside.split('\n').length);
  }
  if (html.includes('<table')) return ROW * (parts.length || html.split('<tr').length - 1);
  if (parts.length === 0) return LINE * linesOf(words(html), width);
  return parts.reduce((sum, part) => sum + LINE * linesOf(words(part), width), 0);
}

function picturesHeight(pictures: readonly Picture[]): number {
  return PICTURES[pictures.length] ?? MORE_PICTURES * Math.ceil(pictures.length / 3);
}

/** How high a message may be in a column of a width, in pixels: near enough to scroll by. */
export function guessHeight(entry: Entry, width: number): number {
  if (entry.role === 'user') {
    const { text, pictures, videos, links } = entry.message;
    const inside = width * BUBBLE.share - BUBBLE.across;
    const bubble = text ? BUBBLE.down + LINE * linesOf(text, inside) + GAP : 0;
    const files = (videos.length + links.length) * 60;
    return bubble + files + picturesHeight(pictures) + FOOT;
  }
  const { turn } = entry;
  const blocks = turn.text.current.map((block) => GAP + blockHeight(block, width));
  const text = blocks.reduce((sum, height) => sum + height, 0);
  return HEAD + text + picturesHeight(turn.pictures) + GAP + FOOT;
}
