import { afterEach, expect, test } from 'vitest';
import { copyFormulas } from './copyFormulas';

const formula = (tex: string, attributes = '') =>
  `<math${attributes}><semantics><mrow><mi>x</mi></mrow><annotation encoding="application/x-tex">${tex}</annotation></semantics></math>`;

/** What is on the clipboard once the nodes from `first` to `last` are copied. */
function copied(first: Node, last: Node): Record<string, string> | null {
  const range = document.createRange();
  range.setStart(first, 0);
  range.setEnd(last, last.childNodes.length);
  document.getSelection()?.removeAllRanges();
  document.getSelection()?.addRange(range);
  const data: Record<string, string> = {};
  const event = new Event('copy', { cancelable: true }) as ClipboardEvent;
  Object.defineProperty(event, 'clipboardData', {
    value: { setData: (type: string, text: string) => (data[type] = text) },
  });
  copyFormulas(event);
  return event.defaultPrevented ? data : null;
}

afterEach(() => document.body.replaceChildren());

test('a formula is copied as its TeX', () => {
  document.body.innerHTML = `<p>So ${formula('x_1')} and</p><p>${formula('\\frac{1}{x}', ' display="block"')}</p>`;
  const data = copied(document.body, document.body);
  expect(data?.['text/plain']).toContain('So $x_1$ and');
  expect(data?.['text/plain']).toContain('$$\\frac{1}{x}$$');
  expect(data?.['text/html']).toContain('<mi>x</mi>');
});

test('a formula that is selected in part is copied whole', () => {
  document.body.innerHTML = `<p>${formula('x_1')}</p>`;
  const inner = document.querySelector('mi') as Element;
  expect(copied(inner, inner)?.['text/plain']).toBe('$x_1$');
});

test('what holds no formula is left to the system', () => {
  document.body.innerHTML = '<p>Some words</p>';
  expect(copied(document.body, document.body)).toBeNull();
});
