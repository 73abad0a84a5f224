import type { Attachment } from '../contract/Attachment';
import type { Block } from '../contract/Block';
import type { KeyInfo } from '../contract/KeyInfo';
import type { KeyringStatus } from '../contract/KeyringStatus';
import type { Message } from '../contract/Message';
import type { Picture } from '../contract/Picture';
import type { Provider } from '../contract/Provider';
import { somePresets } from './presets';
import { noParams } from '$lib/parameters';
import { defaultSettings } from '$lib/defaultSettings';
import { crowd } from './crowd';
import { attachment, emptyAnswer, errorOf, message } from './messages';
import { everyNotice } from './notices';
import { setState, stateScenes } from './states';
import { everyProvider, model, provider } from './providers';
import type { World } from './world';

function drawing(width: number, height: number, body: string): string {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">${body}</svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}

/** A long screenshot, and the pieces it is cut into. */
function long(): Record<string, string> {
  const rows = (from: number, to: number) =>
    Array.from({ length: 90 }, (_, at) => 40 + at * 64)
      .filter((y) => y > from && y < to)
      .map(
        (y) =>
          `<rect x="60" y="${y - from}" width="${420 + ((y * 7) % 520)}" height="26" fill="#8d8577"/>`,
      )
      .join('');
  const part = (from: number, height: number) =>
    drawing(
      1080,
      height,
      `<rect width="1080" height="${height}" fill="#fff"/>${rows(from, from + height)}`,
    );
  const at = (piece: number) => part(piece * 1900, 2048);
  return { tall: part(0, 5848), tall1: at(0), tall2: at(1), tall3: at(2) };
}

function landscape(sky: string, land: string, sun: string, width = 600, height = 400): string {
  return drawing(
    width,
    height,
    `<g transform="scale(${width / 600})"><rect width="600" height="400" fill="${sky}"/><circle cx="420" cy="110" r="40" fill="${sun}"/><path d="M0 230L600 215V400H0z" fill="${land}"/></g>`,
  );
}

const lines = Array.from(
  { length: 14 },
  (_, i) =>
    `<rect x="36" y="${70 + i * 32}" width="${120 + ((i * 53) % 140)}" height="9" fill="#c9c2b4"/><rect x="320" y="${70 + i * 32}" width="48" height="9" fill="#a8a092"/>`,
).join('');

/** Addresses of the pictures of the fake app, by their hash. */
export const pictures: Record<string, string> = {
  sea: landscape('#f3b27a', '#2f6f86', '#fff3d6'),
  snow: landscape('#dfe7ea', '#9fb3bb', '#5d7681'),
  night: landscape('#20303a', '#0e1a20', '#e0a84a'),
  photo: landscape('#f3b27a', '#2f6f86', '#fff3d6', 2048, 1365),
  photomaster: landscape('#f3b27a', '#2f6f86', '#fff3d6', 4032, 2688),
  ...long(),
  receipt: drawing(
    400,
    560,
    `<rect width="400" height="560" fill="#fff"/><rect x="120" y="26" width="160" height="16" fill="#8d8577"/>${lines}`,
  ),
};

export function picture(hash: string, given: Partial<Picture>): Picture {
  return {
    hash,
    name: `${hash}.jpg`,
    mime: 'image/jpeg',
    width: 2048,
    height: 1365,
    bytes: 421_888,
    originalWidth: 4032,
    originalHeight: 2688,
    originalBytes: 3_400_000,
    done: ['resized', 'location_removed'],
    refused: false,
    master: hash,
    tokens: null,
    tiles: [],
    link: null,
    ...given,
  };
}

const receipt = picture('receipt', {
  name: 'IMG_2041.jpg',
  width: 1463,
  height: 2048,
  originalWidth: 2880,
  originalHeight: 4032,
  done: ['oriented', 'resized', 'location_removed'],
});
const sea = picture('sea', {
  name: 'Screenshot 11-21.png',
  mime: 'image/png',
  width: 1440,
  height: 960,
  originalWidth: 1440,
  originalHeight: 960,
  bytes: 192_512,
  done: [],
});
const snow = picture('snow', { name: 'winter.jpg' });
const night = picture('night', { name: '夜景 08.jpg' });

function key(id: string, owner: Provider, label: string, last4: string, chosen: boolean): KeyInfo {
  return {
    id,
    provider: owner.id,
    origin: owner.origin,
    label,
    last4,
    kept: 'keyring',
    chosen,
    usable: true,
    createdAt: Date.now() - 9e7,
    usedAt: chosen ? Date.now() - 120_000 : null,
    restsUntil: null,
    restsBecause: null,
  };
}

/** Several keys, one of which rests. */
function busyKeys(all: Provider[], zh: boolean): KeyInfo[] {
  const of = (id: string) => all.find((provider) => provider.id === id)!;
  const rests = {
    restsUntil: Date.now() + 47_000,
    restsBecause: 'rate_limit',
    chosen: false,
  } as const;
  return [
    key('k1', of('chenyu'), zh ? '工作' : 'work', 'a91f', true),
    { ...key('k2', of('chenyu'), zh ? '家用' : 'home', '07c2', false), ...rests },
    key('k3', of('chenyu'), '', '5d20', false),
    key('k4', of('openrouter'), zh ? '个人' : 'personal', '77be', true),
  ];
}

/** A world: providers, keys, and nothing said yet. */
export function world(lang: 'en' | 'zh-CN' = 'en'): World {
  const sees = { image: true } as const;
  const demo = provider('demo', 'Demo', '演示', '', [
    model('demo-measure', { ...sees, name: 'Demo' }),
  ]);
  const chenyu = provider('chenyu', 'Chenyu', '晨羽智云', 'https://api.chenyu.cn/v1', [
    model('doubao-seed-1-6-vision', sees),
    model('qwen3-vl-235b-a22b', sees),
    model('deepseek-v3-2', { image: false }),
    model('glm-4-7'),
  ]);
  const anyfast = provider('anyfast', 'AnyFast', null, 'https://www.anyfast.ai/v1', [
    model('glm-4-7-251222', sees),
    model('gpt-5-mini', sees),
  ]);
  return {
    hello: {
      version: '0.1.0',
      locale: lang,
      platform: 'linux',
      updates: true,
      installsUpdates: false,
      notices: [],
    },
    settings: defaultSettings(),
    providers: [demo, chenyu, anyfast],
    keys: [],
    keyring: keyring({ state: 'ready' }),
    conversations: [],
    attachments: [],
  };
}

/** A row of the sidebar, with one question in it. */
function talk(id: string, title: string, hoursAgo: number, shown: Picture[], answering = false) {
  const messages: Message[] = [
    message({ id: `${id}-q`, role: 'user', text: title, pictures: shown }),
  ];
  return {
    id,
    title,
    messages,
    params: noParams(),
    provider: null,
    model: null,
    updatedAt: Date.now() - hoursAgo * 3_600_000,
    answering,
  };
}

/** How a keyring stands. */
export function keyring(given: Partial<KeyringStatus>): KeyringStatus {
  const none = { state: 'ready', reason: null, detail: null } as const;
  return { ...none, backend: 'Secret Service', waiting: false, ...given };
}

function blocks(...html: string[]): Block[] {
  return html.map((text, at) => ({ id: `b${at}`, html: text, parts: [] }));
}

/** The names of all scenes, to look at each. */
export const sceneNames = [
  'presets',
  'empty',
  'fresh',
  'many',
  'manykeys',
  'chat',
  'drop',
  'streaming',
  'error',
  'long',
  'versions',
  'locked',
  'nokeyring',
  'notice',
  'history',
  'orphans',
  ...stateScenes,
];

/** A scene to look at: what the world holds, and what can be attached. */
export function scene(
  name: string,
  lang: 'en' | 'zh-CN',
): { world: World; picks: Attachment[][]; dragging: boolean } {
  const zh = lang === 'zh-CN';
  const t = (en: string, cn: string) => (zh ? cn : en);
  const made = world(lang);
  const [, chenyu, anyfast] = made.providers as [Provider, Provider, Provider];
  const ready = (id: string, given: Picture) =>
    attachment({ id, name: given.name, picture: given });
  const picks = [
    [ready('a1', receipt), ready('a2', sea)],
    [
      attachment({
        id: 'a3',
        name: t('notes.psd', '会议记录.psd'),
        state: 'failed',
        error: errorOf('unsupported_format', 'notes.psd is Photoshop.', {
          name: t('notes.psd', '会议记录.psd'),
          format: 'Photoshop',
        }),
      }),
    ],
  ];
  if (name === 'many' || name === 'manykeys') {
    made.providers = everyProvider();
    made.keys = busyKeys(made.providers, zh);
    Object.assign(made.settings, { provider: 'chenyu', model: 'doubao-seed-1-6-vision-250815' });
    if (name === 'many') made.keys = made.keys.slice(0, 1);
    return { world: made, picks, dragging: false };
  }
  if (name === 'fresh') return { world: made, picks, dragging: false };

  made.settings.provider = 'chenyu';
  made.settings.model = 'doubao-seed-1-6-vision';
  made.keys = [
    key('k1', chenyu, t('work', '工作'), 'a91f', true),
    key('k2', chenyu, t('home', '家用'), '07c2', false),
  ];
  made.conversations = [
    talk('c2', t('Where was this taken?', '这是在哪里拍的？'), 0.2, [sea]),
    talk('c3', t('Floor plan: area of each room', '户型图：各房间面积'), 25, [snow]),
    talk('c4', t('Alt text for the launch post', '发布文章的替代文字'), 26, []),
    talk('c5', t('Error dialog, what now', '这个报错怎么办'), 80, [night]),
  ];
  const answer = {
    ...emptyAnswer('chenyu', 'Chenyu', 'doubao-seed-1-6-vision'),
    keyLabel: t('work', '工作'),
    keyLast4: 'a91f',
    usage: { promptTokens: 1355, completionTokens: 87, totalTokens: 1442, reasoningTokens: 53 },
    firstTokenMs: 420,
    reasoningMs: 6100,
    totalMs: 7700,
    finishReason: 'stop',
  };
  const row = (a: string, b: string, c: string) =>
    `<tr><td>${a}</td><td class="ta-right">${b}</td><td class="ta-right">${c}</td></tr>`;
  const table = `<div class="table"><table><thead><tr><th>${t('Item', '商品')}</th><th class="ta-right">${t('Qty', '数量')}</th><th class="ta-right">${t('Amount', '金额')}</th></tr></thead><tbody>${row(t('Jasmine tea, 250 g', '茉莉花茶 250 克'), '2', '¥ 76.00')}${row(t('Sesame flatbread', '芝麻烧饼'), '6', '¥ 18.00')}${row(t('Soy milk', '豆浆'), '1', '¥ 12.50')}${row(t('Member discount', '会员折扣'), '', '− ¥ 8.00')}</tbody></table></div>`;
  const answerBlocks = blocks(
    `<p>${t('Four lines, one discount. The printed total matches.', '共四项，一处折扣，与小票合计一致。')}</p>`,
    table,
    `<p>${t('The tax line is folded under the thumb at the lower edge; I read it as <code>5.91</code>, please check against <a href="https://example.com/">the till roll</a>.', '税额一行在下缘被拇指挡住，我读作 <code>5.91</code>，请与<a href="https://example.com/">收银存根</a>核对。')}</p>`,
  );
  const thoughts = blocks(
    `<p>${t('The receipt is slightly rotated. I read the lines from the top.', '小票略有倾斜，从上往下逐行读取。')}</p>`,
  );
  const question = message({
    id: 'q1',
    role: 'user',
    text: t('Turn this receipt into a table, and add it up.', '把这张小票整理成表格，并合计。'),
    pictures: [receipt],
  });

  if (name === 'chat' || name === 'drop' || name === 'streaming') {
    const live = name === 'streaming';
    made.conversations.unshift({
      ...talk('c1', t('Receipt to a table', '小票转成表格'), 0, [receipt], live),
      messages: [
        question,
        message({
          id: 'a1',
          parent: 'q1',
          role: 'assistant',
          state: live ? 'streaming' : 'complete',
          answer,
          reasoning: thoughts,
          blocks: answerBlocks,
          text: 'Four lines.',
        }),
      ],
    });
  }
  if (name === 'versions') {
    const said = (id: string, given: Partial<Message>) =>
      message({ id, parent: 'q1', role: 'assistant', answer, ...given });
    const other = message({ ...question, id: 'q0', createdAt: 1 });
    made.conversations.unshift({
      ...talk('c1', t('Receipt to a table', '小票转成表格'), 0, [receipt]),
      messages: [
        { ...question, createdAt: new Date(2026, 4, 3, 14, 7).getTime() },
        said('a2', {
          state: 'cut',
          answer: { ...answer, finishReason: 'length', notes: [{ type: 'began_anew' }] },
          blocks: answerBlocks,
          text: 'Four lines.',
        }),
      ],
      others: [
        said('a1', { blocks: answerBlocks, text: 'Four lines.', createdAt: 1 }),
        said('a3', { blocks: thoughts, text: 'Slightly rotated.', createdAt: 2e12 }),
        other,
      ],
    });
  }
  if (name === 'error') {
    made.conversations.unshift({
      ...talk('c1', t('Which of the two is sharper?', '这两张哪张更清晰？'), 0, [sea]),
      messages: [
        message({
          id: 'q1',
          role: 'user',
          text: t('Which of the two is sharper?', '这两张哪张更清晰？'),
          pictures: [sea, snow],
        }),
        message({
          id: 'a1',
          role: 'assistant',
          state: 'failed',
          answer: {
            ...answer,
            usage: null,
            reasoningMs: null,
            firstTokenMs: 610,
            provider: 'anyfast',
            providerName: 'AnyFast',
            model: 'glm-4-7-251222',
            keyLabel: t('home', '家用'),
            keyLast4: '07c2',
          },
          blocks: blocks(
            `<p>${t('The first one. Edges along the horizon are', '第一张。地平线附近的边缘')}</p>`,
            `<p><span class="remote-image" data-url="https://cdn.example.com/a.png" data-host="cdn.example.com">${t('edge map', '边缘图')}</span></p>`,
          ),
          error: {
            ...errorOf('no_balance', 'The balance of this key is used up.'),
            retryAfterMs: null,
            detail: {
              status: 429,
              code: 'insufficient_user_quota',
              message: t(
                'user quota is not enough, remaining: $0.00',
                '用户额度不足，剩余额度：¥0.00',
              ),
              requestId: '20261121-88f1',
            },
          },
        }),
      ],
    });
    made.keys.push(key('k3', anyfast, t('home', '家用'), '07c2', true));
  }
  setState(name, { made, zh, answer, shown: [sea, snow] });
  if (name === 'long') {
    const messages = Array.from({ length: 12 }, (_, i) => [
      message({
        id: `q${i}`,
        role: 'user',
        text: `${question.text} ${i + 1}`,
        pictures: i === 4 ? [receipt, sea, snow, night] : [],
      }),
      message({
        id: `a${i}`,
        role: 'assistant',
        state: (['complete', 'cut', 'stopped', 'interrupted'] as const)[i % 4],
        answer: {
          ...answer,
          finishReason: i % 4 === 1 ? 'length' : 'stop',
          answeredBy: i === 2 ? 'doubao-seed-1-6-vision-250815' : null,
        },
        blocks: answerBlocks,
        text: '',
      }),
    ]).flat();
    made.conversations.unshift({
      ...talk('c1', t('Receipt to a table', '小票转成表格'), 0, [receipt]),
      messages,
    });
  }
  if (name === 'presets') made.presets = somePresets(zh);
  if (name === 'locked') made.keyring = keyring({ state: 'locked', reason: 'locked' });
  if (name === 'nokeyring')
    made.keyring = keyring({
      state: 'unavailable',
      reason: 'no_service',
      detail: 'org.freedesktop.secrets was not provided by any .service files',
    });
  if (name === 'nocollection')
    made.keyring = keyring({ state: 'no_collection', reason: 'no_collection' });
  if (name === 'error') made.named = [night];
  if (name === 'notice') made.hello.notices = everyNotice();
  if (name === 'history') made.conversations = crowd(lang, answer, [receipt, sea, snow, night]);
  if (name === 'orphans')
    made.orphans = [
      { id: 'o1', origin: chenyu.origin },
      { id: 'o2', origin: 'https://gateway.example.com:8443' },
    ];
  return { world: made, picks, dragging: name === 'drop' };
}
