import { describe, expect, it } from 'vitest';
import { BlockView } from '$lib/blocks';
import { speak } from './spoken';

function shown(...html: string[]): Element {
  const root = document.createElement('div');
  new BlockView(root, speak).reset(html.map((html, at) => ({ id: `${at}`, html, parts: [] })));
  return root;
}

describe('a block of an answer', () => {
  it('says that it is Chinese where it is, and nothing where letters tell nothing', () => {
    const root = shown('<p>图中有一只猫。</p>', '<p>A cat.</p>', '<h2>结论</h2>');
    expect([...root.children].map((block) => block.getAttribute('lang'))).toEqual([
      'zh-Hans',
      null,
      'zh-Hans',
    ]);
  });

  it('marks what is stressed by its own script', () => {
    const root = shown('<p>这是<em>重点</em>，不是 <em>detail</em>。</p>');
    expect([...root.querySelectorAll('em')].map(({ lang }) => lang)).toEqual(['zh-Hans', '']);
  });

  it('leaves code without a language', () => {
    const root = shown('<div class="code"><pre><code># 打开文件</code></pre></div>');
    expect(root.querySelector('[lang]')).toBeNull();
  });

  it('has headings below those of the page', () => {
    const root = shown('<h1>One</h1>', '<h3>Three</h3>', '<h6>Six</h6>', '<p>No heading</p>');
    expect([...root.children].map((block) => block.getAttribute('aria-level'))).toEqual([
      '3',
      '5',
      '6',
      null,
    ]);
  });
});
