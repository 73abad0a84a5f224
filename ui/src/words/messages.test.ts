import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

/** A message is one sentence, or one for each form of a count. */
type Message = string | { match: Record<string, string> }[];

const folder = join(import.meta.dirname, '../../messages');
const read = (name: string): Record<string, Message> => {
  const all = JSON.parse(readFileSync(join(folder, name), 'utf8')) as Record<string, Message>;
  delete all['$schema'];
  return all;
};
const english = read('en.json');
const chinese = read('zh-CN.json');

const sentences = (message: Message): string[] =>
  typeof message === 'string' ? [message] : message.flatMap(({ match }) => Object.values(match));
const facts = (sentence: string): string[] =>
  [...sentence.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '').sort();

function sources(path: string): string[] {
  return readdirSync(path, { withFileTypes: true }).flatMap((entry) => {
    const at = join(path, entry.name);
    if (entry.isDirectory()) return entry.name === 'paraglide' ? [] : sources(at);
    return /\.(ts|svelte)$/.test(at) && !at.includes('.test.') ? [readFileSync(at, 'utf8')] : [];
  });
}

describe('the messages', () => {
  it('are the same in both languages, and tell the same facts', () => {
    expect(Object.keys(chinese).sort()).toEqual(Object.keys(english).sort());
    for (const [name, message] of Object.entries(english)) {
      const told = [message, chinese[name] ?? ''].flatMap(sentences).map(facts);
      // "The last picture" needs no number.
      expect([...new Set(told.flat())].sort(), name).toEqual(
        [...new Set(sentences(chinese[name] ?? '').flatMap(facts))].sort(),
      );
    }
  });

  it('are all used', () => {
    const used = new Set(
      sources(join(import.meta.dirname, '..')).flatMap((text) =>
        [...text.matchAll(/\bm\.(\w+)/g)].map(([, name]) => name),
      ),
    );
    expect(Object.keys(english).filter((name) => !used.has(name))).toEqual([]);
  });

  it('count one thing as one: a plain sentence counts nothing that may be one', () => {
    const plain = Object.entries(english).flatMap(([name, message]) =>
      typeof message === 'string' &&
      /\{(count|pages|taken|pictures|ready)\} [a-z]+s\b/.test(message)
        ? [name]
        : [],
    );
    // Each of these is only said of two or more.
    expect(plain.sort()).toEqual(
      [
        'att_tokens',
        'megapixels',
        'att_pieces',
        'each_send',
        'error_pdf_pages',
        'error_too_many_pictures',
        'folder_more',
        'folder_question',
      ].sort(),
    );
  });

  it('hold no English sentence in Chinese, and set Chinese in its own marks', () => {
    for (const [name, message] of Object.entries(chinese)) {
      for (const sentence of sentences(message)) {
        expect.soft(sentence, name).not.toMatch(/[a-z]{2,} [a-z]{2,} [a-z]{2,}/);
        expect.soft(sentence, name).not.toMatch(/[\u4e00-\u9fff][,;:?!]|……|您/);
      }
    }
  });
});
