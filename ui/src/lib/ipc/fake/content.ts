import type { Block } from '../contract/Block';
import type { Message } from '../contract/Message';
import { formulas } from './formulas';
import { message } from './messages';
import type { Set } from './world';

/** A line of code, as the renderer makes it. */
function line(at: number): string {
  const text = [
    `<span class="hl-c">// Step ${at}: what is left of the sum</span>`,
    `<span class="hl-k">let</span> total = <span class="hl-n">${at}</span><span class="hl-p">;</span>`,
    `<span class="hl-k">fn</span> <span class="hl-f">step_${at}</span><span class="hl-p">(</span>of: <span class="hl-o">&amp;</span><span class="hl-t">Receipt</span><span class="hl-p">)</span>`,
    `    <span class="hl-f">println!</span><span class="hl-p">(</span><span class="hl-s">"row {total} of a receipt whose lines are far longer than the window is wide, as code of a model often is"</span><span class="hl-p">);</span>`,
  ][at % 4];
  return `<span class="line">${text}\n</span>`;
}

function code(lang: string, lines: number): Block {
  return {
    id: `code-${lang}-${lines}`,
    html: `<div class="code" data-lang="${lang}"><pre><code data-slot></code></pre></div>`,
    parts: Array.from({ length: lines }, (_, at) => line(at)),
  };
}

function table(columns: number, rows: number): Block {
  const cells = (tag: string, text: (at: number) => string) =>
    Array.from(
      { length: columns },
      (_, at) => `<${tag}${at > 0 ? ' class="ta-right"' : ''}>${text(at)}</${tag}>`,
    ).join('');
  const head = cells('th', (at) => (at === 0 ? 'Item' : `Quarter ${at}, thousands`));
  return {
    id: `table-${columns}-${rows}`,
    html: `<div class="table"><table><thead><tr>${head}</tr></thead><tbody data-slot></tbody></table></div>`,
    parts: Array.from(
      { length: rows },
      (_, row) =>
        `<tr>${cells('td', (at) => (at === 0 ? `Article ${row + 1}` : `¥ ${(row * at * 317) % 9000}.00`))}</tr>`,
    ),
  };
}

function plain(...html: string[]): Block[] {
  return html.map((text, at) => ({ id: `p${at}`, html: text, parts: [] }));
}

/** What answers and questions hold at their hardest. */
const contents: Record<string, (set: Set) => { title?: string; messages: Message[] }> = {
  code: (set) => ({
    messages: asked(set, [
      ...plain('<p>Two programs: a short one, and one that is longer than the window.</p>'),
      code('rust', 4),
      code('', 2),
      code('python', 160),
    ]),
  }),
  math: (set) => ({ messages: asked(set, plain(...formulas)) }),
  tables: (set) => ({ messages: asked(set, [table(14, 8), table(2, 3)]) }),
  doubles: (set) => {
    const messages = asked(set, plain('<p>The same, twice.</p>'));
    const [picture] = set.shown;
    const link = {
      url: 'https://cdn.example.com/clips/sea.mp4',
      host: 'cdn.example.com',
      video: true,
      refused: false,
    };
    const video = { hash: 'v', name: 'sea.mp4', mime: 'video/mp4', bytes: 3_100_000 };
    Object.assign(messages[0]!, {
      links: [link, { ...link }],
      videos: [video, { ...video }],
      pictures: picture ? [picture, { ...picture }] : [],
    });
    return { messages };
  },
  title: (set) => {
    const title = set.zh
      ? '这是一个非常长的会话标题，用来看看侧边栏、顶栏和删除对话框在标题远远长于可用宽度时是什么样子，会不会把按钮挤出去'
      : 'AVeryLongTitleWithoutASpaceAnywhereInItThatNoSidebarOnThisEarthCouldEverShowWhole and then some words that go on and on after it';
    return { title, messages: asked(set, plain('<p>Yes.</p>')) };
  },
};

/** The names of these scenes. */
export const contentScenes = Object.keys(contents);

function asked({ zh, answer }: Set, blocks: Block[]): Message[] {
  return [
    message({ id: 'q1', role: 'user', text: zh ? '请给出全部内容。' : 'All of it, please.' }),
    message({ id: 'a1', parent: 'q1', role: 'assistant', answer, blocks, text: 'All of it.' }),
  ];
}

/** What a scene holds, where it is one of these: `code`, `math`, `tables`, `doubles`, `title`. */
export function contentOf(name: string, set: Set): { title?: string; messages: Message[] } | null {
  return contents[name]?.(set) ?? null;
}
