import type { Answer } from '../contract/Answer';
import type { Message } from '../contract/Message';
import type { Picture } from '../contract/Picture';
import { noParams } from '$lib/parameters';
import { message } from './messages';
import type { Talk } from './world';

const HOUR = 3_600_000;

const subjects = {
  en: [
    'Receipt to a table',
    'Where was this taken?',
    'Floor plan: area of each room',
    'What does this error dialog want from me, and how do I get rid of it?',
    'Alt text for the launch post',
    'Is this mushroom edible',
    'Translate the menu',
    'Which of the two is sharper?',
    'Read the serial number',
  ],
  'zh-CN': [
    '小票转成表格',
    '这是在哪里拍的？',
    '户型图：各房间面积',
    '这个报错对话框到底要我做什么，怎样才能把它关掉？',
    '发布文章的替代文字',
    '这种蘑菇能吃吗',
    '翻译菜单',
    '这两张哪张更清晰？',
    '读出序列号',
  ],
};

/** Questions and answers of every length, a picture now and then. */
function longTalk(
  lang: 'en' | 'zh-CN',
  answer: Answer,
  shown: Picture[],
  count: number,
): Message[] {
  const words = subjects[lang];
  return Array.from({ length: count }, (_, at) => {
    const parent = at > 0 ? `long-${at - 1}` : null;
    const text = `${at + 1}. ${words[(at * 5) % words.length]!}`;
    if (at % 2 === 0) {
      const pictures = at % 14 === 0 ? [shown[(at / 14) % shown.length]!] : [];
      return message({ id: `long-${at}`, parent, role: 'user', text, pictures });
    }
    const blocks = Array.from({ length: 1 + ((at * 7) % 5) }, (_, block) => ({
      id: `long-${at}-${block}`,
      html: `<p>${text} ${words.slice(0, 2 + ((at + block) % 6)).join(' ')}</p>`,
      parts: [],
    }));
    return message({ id: `long-${at}`, parent, role: 'assistant', answer, blocks, text });
  });
}

/** Two thousand conversations; the newest of three hundred messages. */
export function crowd(lang: 'en' | 'zh-CN', answer: Answer, shown: Picture[]): Talk[] {
  const words = subjects[lang];
  return Array.from({ length: 2000 }, (_, at) => {
    const title = `${words[at % words.length]!}${at < words.length ? '' : ` · ${at}`}`;
    const pictures = at % 3 === 1 ? [] : [shown[at % shown.length]!];
    const question = message({ id: `crowd-${at}-q`, role: 'user', text: title, pictures });
    return {
      id: `crowd-${at}`,
      title,
      messages: at === 0 ? longTalk(lang, answer, shown, 300) : [question],
      params: noParams(),
      provider: null,
      model: null,
      updatedAt: Date.now() - at * 2.7 * HOUR,
      answering: at === 2,
    };
  });
}
