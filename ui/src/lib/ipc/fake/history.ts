import type { ConversationPlace } from '../contract/ConversationPlace';
import type { ConversationSummary } from '../contract/ConversationSummary';
import type { ListOf } from '../contract/ListOf';
import type { Marked } from '../contract/Marked';
import type { Message } from '../contract/Message';
import type { SearchAnswer } from '../contract/SearchAnswer';
import type { SearchGroup } from '../contract/SearchGroup';
import type { SearchPlace } from '../contract/SearchPlace';
import { placesOf } from '$lib/folded';
import { errorOf } from './messages';
import type { Handlers, Stage, Talk, World } from './world';

/** By what a list is ordered. */
type Moment = Pick<ConversationPlace, 'updatedAt' | 'id'>;

/** How many conversations a page of a search holds. */
const SEARCHED = 20;

/** What the fake app needs for its history. */
export interface History extends Stage {
  /** How many messages a page holds. */
  readonly messagesPage: number;
}

/** A row of the list. */
export function summary({
  id,
  title,
  updatedAt,
  answering,
  unread,
  pinned,
  archived,
  messages,
}: Talk): ConversationSummary {
  const thumbnail = messages.flatMap((m) => m.pictures)[0]?.hash ?? null;
  return {
    ...{ id, title, updatedAt, answering, thumbnail },
    ...{ unread: unread ?? false, pinned: pinned ?? false, archived: archived ?? false },
  };
}

/** Tells the page that a conversation is new, or how it is now. */
export function tellOf(app: Stage, talk: Talk): void {
  app.emit('conversations', { upserted: [summary(talk)], removed: [], elsewhere: false });
}

/** Finds a message, and where it stands. */
export function findMessage(world: World, id: string): { talk: Talk; at: number; found: Message } {
  for (const talk of world.conversations) {
    const at = talk.messages.findIndex((message) => message.id === id);
    if (at >= 0) return { talk, at, found: talk.messages[at]! };
  }
  throw errorOf('not_found', 'No such message.');
}

/** Those of a list, in its order. */
function listOf(world: World, of: ListOf): ConversationSummary[] {
  const all = world.conversations.filter(({ archived = false, removedAt }) => {
    if (of === 'bin') return removedAt !== undefined;
    return removedAt === undefined && archived === (of === 'archived');
  });
  const rows = all.map((talk) => ({
    ...summary(talk),
    ...(of === 'bin' && { updatedAt: talk.removedAt! }),
  }));
  return rows.sort(of === 'listed' ? inOrder : newestFirst);
}

/** Pinned ones first, then newest first, as the app does. */
function inOrder(a: ConversationPlace, b: ConversationPlace): number {
  return Number(b.pinned) - Number(a.pinned) || newestFirst(a, b);
}

/** Newest first; of the same moment by id. */
function newestFirst(a: Moment, b: Moment): number {
  return b.updatedAt - a.updatedAt || (a.id < b.id ? 1 : -1);
}

/** A text with marks on what is looked for. */
function marked(text: string, query: string): Marked {
  return { text, marks: placesOf(text, query).map(([start, end]) => ({ start, end })) };
}

/** What is typed, as one phrase, a conversation a page. */
function searchOf(world: World, query: string, after: SearchPlace | null): SearchAnswer {
  const there = world.conversations.filter(({ removedAt }) => removedAt === undefined);
  const groups = there.sort(newestFirst).map((talk): SearchGroup => {
    const title = marked(talk.title, query);
    const hits = talk.messages.flatMap(({ id, role, createdAt, text, answer }) => {
      const piece = marked(text, query);
      const model = answer?.model ?? null;
      const hit = { message: id, role, createdAt, model, text: piece, names: null };
      return piece.marks.length > 0 ? [hit] : [];
    });
    const { id: conversation, updatedAt, archived = false } = talk;
    const titled = title.marks.length > 0;
    return {
      conversation,
      title,
      thumbnail: null,
      updatedAt,
      archived,
      titled,
      hits: hits.reverse(),
    };
  });
  const found = groups.filter(({ titled, hits }) => titled || hits.length > 0);
  const from = after?.message ?? 0;
  const to = from + SEARCHED;
  const next = to < found.length ? { message: to, title: 0 } : null;
  const { waiting = 0, searchNotes: notes = [] } = world;
  return { groups: found.slice(from, to), next, notes, waiting, overtaken: false };
}

/** Commands of the history. */
export function historyHandlers(app: History): Handlers {
  const find = (id: string) => {
    const found = app.world.conversations.find((talk) => talk.id === id);
    if (!found || found.removedAt !== undefined)
      throw errorOf('not_found', 'No such conversation.');
    return found;
  };
  const pageBefore = ({ messages }: Talk, end: number) => {
    const from = Math.max(0, end - app.messagesPage);
    return structuredClone({ messages: messages.slice(from, end), earlier: from > 0 });
  };
  return {
    'plugin:history|list': ({ of, after, limit }) => {
      const all = listOf(app.world, of);
      const order = of === 'listed' ? inOrder : newestFirst;
      const left = after ? all.filter((row) => order(row, after) > 0) : all;
      return { conversations: left.slice(0, limit), more: left.length > limit };
    },
    'plugin:history|put_away': () => ({
      archived: listOf(app.world, 'archived').length,
      bin: listOf(app.world, 'bin').length,
    }),
    'plugin:history|last_open': () => {
      const { conversations, open = null, draft = '' } = app.world;
      const is = conversations.some(({ id, removedAt }) => id === open && !removedAt);
      return { conversation: is ? open : null, draft };
    },
    'plugin:history|leave': () => {
      app.world.open = null;
      return null;
    },
    'plugin:history|keep_draft': ({ conversation, message, text }) => {
      if (message !== null) {
        const edits = (app.world.edits ??= {});
        if (text === '') delete edits[message];
        else edits[message] = text;
      } else if (conversation === null) app.world.draft = text;
      else {
        const talk = app.world.conversations.find(({ id }) => id === conversation);
        if (talk) talk.draft = text;
      }
      return null;
    },
    'plugin:history|export': ({ ids }) => {
      ids.forEach(find);
      return !app.world.leavesDialog;
    },
    'plugin:out|copy_answer': () => null,
    'plugin:out|copy_table': () => null,
    'plugin:out|save_table': () => !app.world.leavesDialog,
    'plugin:out|save_code': () => !app.world.leavesDialog,
    'plugin:out|copy_conversation': () => null,
    'plugin:out|print': () => !app.world.leavesDialog,
    'plugin:history|open': ({ id }) => {
      const found = find(id);
      app.world.open = id;
      const { title, params, preset = null, provider, model, draft = '', unread } = found;
      if (unread) {
        found.unread = false;
        tellOf(app, found);
      }
      const page = pageBefore(found, found.messages.length);
      const edits = Object.entries(app.world.edits ?? {})
        .filter(([message]) => found.messages.some((one) => one.id === message))
        .map(([message, text]) => ({ message, text }));
      return structuredClone({ id, title, draft, edits, params, preset, provider, model, ...page });
    },
    'plugin:history|earlier': ({ message }) => {
      const { talk, at } = findMessage(app.world, message);
      return pageBefore(talk, at);
    },
    'plugin:history|search': ({ query, after }) => searchOf(app.world, query, after),
    'plugin:history|find': ({ conversation, text }) => ({
      found: find(conversation).messages.flatMap(({ id, text: said }) => {
        const { length } = placesOf(said, text);
        return length > 0 ? [{ message: id, count: length }] : [];
      }),
    }),
    'plugin:history|show_message': ({ message }) => ({
      conversation: findMessage(app.world, message).talk.id,
      changed: false,
    }),
    'plugin:history|rename': ({ id, title }) => {
      const found = find(id);
      found.title = title || (found.messages[0]?.text.split('\n')[0] ?? '');
      tellOf(app, found);
      return null;
    },
    'plugin:history|remove': ({ ids }) => {
      for (const id of ids) find(id).removedAt = Date.now();
      app.emit('conversations', { upserted: [], removed: ids, elsewhere: false });
      return null;
    },
    'plugin:history|restore': ({ ids }) => {
      for (const talk of app.world.conversations.filter(({ id }) => ids.includes(id))) {
        delete talk.removedAt;
        tellOf(app, talk);
      }
      return null;
    },
    'plugin:history|erase': ({ ids }) => {
      const { conversations } = app.world;
      app.world.conversations = conversations.filter(({ id }) => !ids.includes(id));
      return null;
    },
    'plugin:history|empty_bin': () => {
      const { conversations } = app.world;
      app.world.conversations = conversations.filter(({ removedAt }) => removedAt === undefined);
      return null;
    },
    'plugin:history|pin': ({ ids, pinned }) => {
      for (const found of ids.map(find)) {
        found.pinned = pinned;
        tellOf(app, found);
      }
      return null;
    },
    'plugin:history|archive': ({ ids, archived }) => {
      for (const found of ids.map(find)) {
        found.archived = archived;
        tellOf(app, found);
      }
      return null;
    },
    'plugin:history|set_params': ({ id, params }) => {
      find(id).params = params;
      return null;
    },
  };
}
