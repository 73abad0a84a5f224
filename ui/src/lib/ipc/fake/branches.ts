import type { Message } from '../contract/Message';
import { errorOf } from './messages';
import type { Handlers, Stage, Talk } from './world';
import { tellOf } from './history';

/** Each message of a plain list follows the one before it. */
export function linked(talk: Talk): void {
  const { messages } = talk;
  messages.forEach((message, at) => (message.parent ??= messages[at - 1]?.id ?? null));
  if (talk.others) setVersions(talk);
}

/** Says of each message that is shown which others stand in its place. */
export function setVersions(talk: Talk, removed: ReadonlySet<string> = new Set()): void {
  const all = [...talk.messages, ...(talk.others ?? [])].filter(({ id }) => !removed.has(id));
  for (const message of talk.messages) {
    const same = all.filter(({ parent }) => parent === message.parent);
    same.sort((a, b) => a.createdAt - b.createdAt);
    message.versions = same.length > 1 ? same.map(({ id }) => id) : [];
  }
}

/** Lets what is shown end before this place; what stood there is on another branch. */
export function cutAt(talk: Talk, at: number): Message[] {
  const gone = talk.messages.slice(at);
  talk.others = [...(talk.others ?? []), ...gone];
  talk.messages = talk.messages.slice(0, at);
  return gone;
}

/** Commands that walk the tree of a conversation. */
export function branchHandlers(app: Stage): Handlers {
  const removed = new Set<string>();

  const find = (id: string): { talk: Talk; found: Message } => {
    for (const talk of app.world.conversations) {
      const all = [...talk.messages, ...(talk.others ?? [])];
      const found = all.find((message) => message.id === id);
      if (found) return { talk, found };
    }
    throw errorOf('not_found', 'No such message.');
  };

  /** Shows the branch of a message; answers it from there on. */
  const show = (talk: Talk, to: Message | null, from: string | null): Message[] => {
    const all = [...talk.messages, ...(talk.others ?? [])];
    const branch: Message[] = [];
    for (let one = to; one; one = all.find(({ id }) => id === one?.parent) ?? null)
      branch.unshift(one);
    for (let one = to; one;) {
      const under = all.filter((next) => next.parent === one!.id && !removed.has(next.id));
      one = under.at(-1) ?? null;
      if (one) branch.push(one);
    }
    talk.messages = branch;
    talk.others = all.filter((message) => !branch.includes(message));
    setVersions(talk, removed);
    const at = branch.findIndex(({ id }) => id === from);
    return structuredClone(at < 0 ? [] : branch.slice(at));
  };

  return {
    'plugin:history|show': ({ message }) => {
      const { talk, found } = find(message);
      return { messages: show(talk, found, message) };
    },
    'plugin:history|remove_message': ({ message }) => {
      const { talk, found } = find(message);
      const at = found.versions.indexOf(message);
      const next = found.versions[at > 0 ? at - 1 : at + 1] ?? null;
      removed.add(message);
      const to = next ?? found.parent;
      return { messages: show(talk, to === null ? null : find(to).found, next) };
    },
    'plugin:history|restore_message': ({ message }) => {
      const { talk, found } = find(message);
      removed.delete(message);
      return { messages: show(talk, found, message) };
    },
    'plugin:history|fork': ({ message }) => {
      const { talk } = find(message);
      const at = talk.messages.findIndex(({ id }) => id === message);
      const path = structuredClone(talk.messages.slice(0, at + 1));
      path.forEach((one, place) => {
        one.id = app.next('message');
        one.parent = path[place - 1]?.id ?? null;
        one.versions = [];
      });
      const id = app.next('conversation');
      const made: Talk = { ...talk, id, messages: path, others: [], updatedAt: Date.now() };
      app.world.conversations.push(made);
      tellOf(app, made);
      return { conversation: id };
    },
  };
}
