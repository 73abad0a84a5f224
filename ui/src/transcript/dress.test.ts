import { afterEach, expect, test } from 'vitest';
import { followNote } from './dress';

afterEach(() => document.body.replaceChildren());

test('a footnote is reached within its answer, and the way back', () => {
  const answer =
    '<p>One<sup><a href="#note-1" data-ref="1">1</a></sup></p>' +
    '<div class="note" data-note="1"><a href="#ref-1">1</a><p>First.</p></div>';
  document.body.innerHTML = `<div>${answer}</div><div>${answer}</div>`;
  const second = document.body.lastElementChild as Element;
  expect(followNote(second, '#note-1')).toBe(true);
  expect(document.activeElement).toBe(second.querySelector('.note > a'));
  expect(followNote(second, '#ref-1')).toBe(true);
  expect(document.activeElement).toBe(second.querySelector('a[data-ref]'));
  expect(followNote(second, 'https://a.example/#note-1')).toBe(false);
});
