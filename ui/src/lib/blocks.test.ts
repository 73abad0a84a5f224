import { describe, expect, it } from 'vitest';
import { BlockView } from './blocks';

const block = (id: string, html: string, parts: string[] = []) => ({ id, html, parts });

function view() {
  const root = document.createElement('div');
  return { root, view: new BlockView(root) };
}

describe('a view of blocks', () => {
  it('never touches a block that is kept', () => {
    const { root, view: shown } = view();
    shown.reset([block('a', '<p>one</p>'), block('b', '<p>tw</p>')]);
    const kept = root.children[0];
    shown.apply({
      keep: 1,
      grow: null,
      blocks: [block('b', '<p>two</p>'), block('c', '<p>three</p>')],
    });
    expect(root.children[0]).toBe(kept);
    expect([...root.children].map((child) => child.textContent)).toEqual(['one', 'two', 'three']);
  });

  it('grows a table row by row, in place', () => {
    const { root, view: shown } = view();
    const html =
      '<div class="table"><table><thead><tr><th>h</th></tr></thead><tbody data-slot></tbody></table></div>';
    shown.reset([block('t', html, ['<tr><td>1</td></tr>', '<tr><td>2</td></tr>'])]);
    const table = root.firstElementChild;
    const first = root.querySelector('tbody tr');
    shown.apply({
      keep: 0,
      grow: { keep: 1, parts: ['<tr><td>two</td></tr>', '<tr><td>three</td></tr>'] },
      blocks: [block('p', '<p>end</p>')],
    });
    expect(root.firstElementChild).toBe(table);
    expect(root.querySelector('tbody tr')).toBe(first);
    expect([...root.querySelectorAll('td')].map((cell) => cell.textContent)).toEqual([
      '1',
      'two',
      'three',
    ]);
    expect(root.lastElementChild?.textContent).toBe('end');
  });

  it('grows a list and a code block', () => {
    const { root, view: shown } = view();
    shown.reset([
      block('l', '<ul data-slot></ul>', ['<li>a</li>']),
      block('c', '<div class="code"><pre><code data-slot></code></pre></div>'),
    ]);
    shown.apply({ keep: 0, grow: { keep: 1, parts: ['<li>b</li>'] }, blocks: [] });
    expect(root.querySelector('ul')?.textContent).toBe('ab');
    expect(root.children).toHaveLength(1);
    shown.apply({
      keep: 1,
      grow: null,
      blocks: [block('c', '<div class="code"><pre><code data-slot></code></pre></div>')],
    });
    shown.apply({
      keep: 1,
      grow: { keep: 0, parts: ['<span class="line">x\n</span>', '<span class="line">y\n</span>'] },
      blocks: [],
    });
    expect(root.querySelector('code')?.textContent).toBe('x\ny\n');
  });
});
