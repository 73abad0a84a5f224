import type { Answer, Backend, Command, Params, StreamCommand, Undo } from './backend';
import type { Attachment } from './contract/Attachment';
import type { Boot } from './contract/Boot';
import type { ChatEvent } from './contract/ChatEvent';
import type { ChatSent } from './contract/ChatSent';
import type { Events } from './contract/Events';
import type { IpcError } from './contract/IpcError';
import type { KeyProbeReport } from './contract/KeyProbeReport';
import type { KeyTestReport } from './contract/KeyTestReport';
import type { Message } from './contract/Message';
import type { PluginReport } from './contract/PluginReport';
import { noParams } from '$lib/parameters';
import { backupHandlers } from './fake/backups';
import { branchHandlers, cutAt, linked, setVersions } from './fake/branches';
import { findMessage, historyHandlers, tellOf } from './fake/history';
import { houseHandlers } from './fake/house';
import { emptyAnswer, errorOf, message } from './fake/messages';
import { presetHandlers } from './fake/presets';
import { pictureHandlers } from './fake/pictures';
import { pictures, scene, sceneNames } from './fake/scenes';
import { script, type Step } from './fake/script';
import { failure } from './fake/states';
import { talkHandlers } from './fake/talk';
import type { Handlers, Talk, World } from './fake/world';

export type { World } from './fake/world';

/** Options of a fake app. */
export interface FakeOptions {
  /** Answers wait for `push()`; else a script is played. */
  manual?: boolean;
  /** Time between the steps of a script, in milliseconds. */
  pace?: number;
}

type Handler = (params: never) => unknown;
type Listener = (payload: never) => void;

/**
 * An app that lives in the page: for component tests and for a plain browser.
 * It keeps to the contract and to nothing else; it thinks nothing.
 */
export class Fake implements Backend {
  /** Every call, in order. */
  readonly calls: { command: Command; params: unknown }[] = [];
  /** What the next call of a command fails with. */
  readonly failNext = new Map<Command, IpcError>();
  /** What the next call of a command waits for, once its answer is known. */
  readonly holdNext = new Map<Command, Promise<unknown>>();
  /** What the next test of a key shows. */
  keyTest: KeyTestReport = {
    reachable: true,
    accepted: true,
    models: 42,
    tookMs: 231,
    error: null,
  };
  /** What the next picture shown to a model shows of it. */
  keyProbe: KeyProbeReport = {
    sees: true,
    answer: 'Three red circles.',
    tookMs: 1240,
    usage: { promptTokens: 96, completionTokens: 5, totalTokens: 101, reasoningTokens: null },
    error: null,
  };
  /** What comes of the plugin files that the file dialog holds. */
  plugins: PluginReport = { added: [], refused: [] };
  /** Files that the file dialog and the clipboard hold, as attachments to come. */
  picks: Attachment[][] = [];
  /** How many messages a page of a conversation holds. */
  messagesPage = 40;
  /** Folders that were dropped, by the id of their question. */
  readonly folders = new Map<string, Attachment[]>();
  /** Set it for a page that opens with what the app knew. */
  boot: Boot | null = null;
  /** As a page would find it after a reload. */
  private readonly texts = new Map<string, string>();
  readonly session = {
    get: (name: string) => this.texts.get(name) ?? null,
    set: (name: string, text: string) => void this.texts.set(name, text),
  };
  private readonly listeners = new Map<string, Set<Listener>>();
  private readonly channels = new Map<string, (event: ChatEvent) => void>();
  private readonly stopped = new Set<string>();
  private ids = 0;
  private time = Date.now();

  constructor(
    readonly world: World,
    private readonly options: FakeOptions = {},
  ) {
    world.conversations.forEach(linked);
  }

  async call<C extends Command>(command: C, params: Params<C>): Promise<Answer<C>> {
    this.calls.push({ command, params });
    await Promise.resolve();
    const held = this.holdNext.get(command);
    this.holdNext.delete(command);
    try {
      this.throwIfAsked(command);
      const handler = this.handlers[command] as Handler | undefined;
      if (!handler) throw errorOf('internal', `The fake app has no ${command}.`);
      return (await handler(params as never)) as Answer<C>;
    } finally {
      await held;
    }
  }

  async stream<C extends StreamCommand>(
    command: C,
    params: Params<C>,
    onEvent: (event: ChatEvent) => void,
  ): Promise<Answer<C>> {
    this.calls.push({ command, params });
    await Promise.resolve();
    this.throwIfAsked(command);
    if (command === 'plugin:chat|attach') {
      const { message: id } = params as Params<'plugin:chat|attach'>;
      const { found } = findMessage(this.world, id);
      this.channels.set(id, onEvent);
      onEvent({ type: 'snapshot', message: structuredClone(found) });
      return null as Answer<C>;
    }
    return this.begin(command, params as never, onEvent) as Answer<C>;
  }

  async listen<E extends keyof Events>(
    event: E,
    callback: (payload: Events[E]) => void,
  ): Promise<Undo> {
    const set = this.listeners.get(event) ?? new Set();
    this.listeners.set(event, set.add(callback as Listener));
    return () => set.delete(callback as Listener);
  }

  pictureUrl(hash: string): string {
    return pictures[hash] ?? `data:,${hash}`;
  }

  smallUrl(hash: string): string {
    return `${this.pictureUrl(hash)}#small`;
  }

  thumbnailUrl(id: string): string {
    const { picture } = this.world.attachments.find((one) => one.id === id) ?? {};
    return this.pictureUrl(picture?.hash ?? 'sea');
  }

  /** Sends an event to the page. */
  emit<E extends keyof Events>(event: E, payload: Events[E]): void {
    for (const listener of this.listeners.get(event) ?? []) listener(payload as never);
  }

  /** Sends an event of an answer to the page. */
  push(messageId: string, event: ChatEvent): void {
    this.channels.get(messageId)?.(event);
  }

  private throwIfAsked(command: Command): void {
    const error = this.failNext.get(command);
    if (!error) return;
    this.failNext.delete(command);
    throw error;
  }

  /** The time, later each time. */
  private now(): number {
    this.time = Math.max(Date.now(), this.time + 1);
    return this.time;
  }

  /** An id of its own. */
  next(prefix: string): string {
    this.ids += 1;
    return `${prefix}-${this.ids}`;
  }

  /** Commands that only answer. */
  private readonly handlers: Handlers = {
    'plugin:desktop|hello': () => this.world.hello,
    'plugin:desktop|ready': () => null,
    'plugin:desktop|open': () => null,
    'plugin:desktop|copy': () => null,
    'plugin:desktop|check_updates': () => ({ newer: this.world.newer ?? null }),
    'plugin:desktop|install_update': () => null,
    'plugin:desktop|data_folder': () => ({
      path: '/home/mei/.local/share/dev.dragoman.desktop',
      bytes: 48_700_000,
    }),
    'plugin:desktop|open_data_folder': () => null,
    'plugin:desktop|forget_everything': () => null,
    'plugin:desktop|arrived': () => this.tellArrived(),
    ...backupHandlers(this),
    ...houseHandlers(this),
    ...talkHandlers(this),
    ...pictureHandlers(this),
    ...historyHandlers(this),
    ...branchHandlers(this),
    ...presetHandlers(this),
    'plugin:images|pick': () => this.add(),
    'plugin:images|take_arrived': () => {
      const { files = [] } = this.world.arrived ?? {};
      delete this.world.arrived;
      this.picks.unshift(files);
      return this.add();
    },
    'plugin:images|paste': async () => {
      const text = this.world.clipboard ?? null;
      if (text === null) await this.add();
      return { text };
    },
    'plugin:chat|stop': ({ message: id }) => {
      this.stopped.add(id);
      return null;
    },
  };

  /** What came from outside is told once; its files wait. */
  private tellArrived() {
    const { text = '', files = [], refused = [] } = this.world.arrived ?? {};
    this.world.arrived = { text: '', files, refused: [] };
    return { text, files: files.length, refused };
  }

  private async add(): Promise<null> {
    const batch = this.picks.shift();
    if (!batch) throw errorOf('clipboard_empty', 'The clipboard holds no picture.');
    for (const attachment of batch) {
      const preparing: Attachment = {
        ...attachment,
        state: 'preparing',
        picture: null,
        error: null,
      };
      this.emit('attachment', { draft: 'main', attachment: preparing });
    }
    for (const attachment of batch) {
      if (this.options.pace) await new Promise((done) => setTimeout(done, 500));
      this.world.attachments = [...this.world.attachments, attachment];
      this.emit('attachment', { draft: 'main', attachment });
    }
    return null;
  }

  private begin(
    command: Exclude<StreamCommand, 'plugin:chat|attach'>,
    params: Params<'plugin:chat|send'> & Params<'plugin:chat|retry'>,
    onEvent: (event: ChatEvent) => void,
  ): ChatSent {
    const retried = command === 'plugin:chat|retry' || command === 'plugin:chat|go_on';
    const sends = command === 'plugin:chat|send';
    const conversation = this.conversationOf(sends ? null : params.message, params);
    if (conversation.messages.some(({ state }) => state === 'streaming'))
      throw errorOf('busy', 'This conversation is answering already.');
    const given = (params.attachments ?? []).flatMap((id) =>
      this.world.attachments.filter((attachment) => attachment.id === id),
    );
    // What stood there, and what followed it, is on another branch from now on.
    const place = conversation.messages.findIndex(({ id }) => id === params.message);
    const isAnswer = conversation.messages[place]?.role === 'assistant';
    const gone =
      sends || place < 0 ? [] : cutAt(conversation, place + (retried && !isAnswer ? 1 : 0));
    const user = retried
      ? conversation.messages.findLast(({ role }) => role === 'user')!
      : message({
          id: this.next('message'),
          parent: conversation.messages.at(-1)?.id ?? null,
          role: 'user',
          text: params.text,
          createdAt: this.now(),
          pictures: given.flatMap(({ picture }) => (picture ? [picture] : [])),
          videos: given.flatMap(({ video }) => (video ? [video] : [])),
          links: given.flatMap(({ link }) => (link ? [link] : [])),
        });
    const provider = this.world.providers.find(({ id }) => id === params.provider);
    const key = this.world.keys.find((other) => other.provider === params.provider && other.chosen);
    const assistant = message({
      id: this.next('message'),
      parent: user.id,
      role: 'assistant',
      state: 'streaming',
      createdAt: this.now(),
      answer: {
        ...emptyAnswer(params.provider, provider?.name ?? params.provider, params.model),
        keyLabel: key?.label ?? null,
        keyLast4: key?.last4 ?? null,
      },
    });
    const begun = command === 'plugin:chat|go_on' ? gone[0] : undefined;
    if (begun) {
      Object.assign(assistant, { text: begun.text, blocks: begun.blocks });
      conversation.others = conversation.others?.filter((one) => one !== begun);
    }
    // One that failed without a word is no version.
    const isNothing = (one: Message) => one.state === 'failed' && one.blocks.length === 0;
    conversation.others = conversation.others?.filter((one) => !isNothing(one));
    conversation.messages = retried
      ? [...conversation.messages, assistant]
      : [...conversation.messages, user, assistant];
    setVersions(conversation);
    conversation.updatedAt = Date.now();
    conversation.answering = true;
    this.world.attachments = this.world.attachments.filter((one) => !given.includes(one));
    this.channels.set(assistant.id, onEvent);
    tellOf(this, conversation);
    if (!this.options.manual) void this.play(conversation, assistant, script(user));
    if (begun) onEvent({ type: 'snapshot', message: structuredClone(assistant) });
    if (!retried) this.world.open = conversation.id;
    return structuredClone({ conversation: conversation.id, user, answers: [assistant] });
  }

  private conversationOf(
    answer: string | null,
    params: { conversation?: string | null; text?: string; preset?: string | null },
  ): Talk {
    const { conversations } = this.world;
    const known = answer
      ? conversations.find(({ messages }) => messages.some(({ id }) => id === answer))
      : conversations.find(({ id }) => id === params.conversation);
    if (known) return known;
    const made = {
      id: this.next('conversation'),
      title: params.text?.split('\n')[0] ?? '',
      messages: [],
      params: noParams(),
      preset: params.preset ?? null,
      provider: null,
      model: null,
      updatedAt: Date.now(),
      answering: false,
    };
    conversations.push(made);
    return made;
  }

  /** Plays an answer, step by step, until it ends or is stopped. */
  private async play(conversation: Talk, assistant: Message, steps: Step[]): Promise<void> {
    const pace = this.options.pace ?? 0;
    for (const step of steps) {
      await new Promise((done) => setTimeout(done, pace));
      const stop = this.stopped.has(assistant.id);
      const event = stop ? step.stopped(assistant) : step.next(assistant);
      const ends = event.type === 'finished' || event.type === 'failed';
      if (ends) {
        // As in the app, the list knows of the end a moment before the page does.
        conversation.answering = false;
        tellOf(this, conversation);
      }
      this.push(assistant.id, event);
      if (ends) return;
    }
  }
}

/**
 * The fake app that a browser's address asks for: `?scene=chat&lang=zh-CN&theme=dark`.
 * The names of all scenes are in `window.scenes`.
 * `fail` and `hang` name commands of which the next call does, `from` after how many
 * milliseconds: `&hang=plugin:history|earlier`, `&fail=plugin:history|list&from=2000`.
 */
export function fakeFromUrl(address: string = location.search): Fake {
  const asked = new URLSearchParams(address);
  const made = scene(asked.get('scene') ?? 'empty', asked.get('lang') === 'zh-CN' ? 'zh-CN' : 'en');
  Object.assign(window, { scenes: sceneNames });
  const theme = asked.get('theme');
  if (theme === 'light' || theme === 'dark') made.world.settings.theme = theme;
  const fake = new Fake(made.world, { pace: Number(asked.get('pace') ?? 40) });
  fake.picks = made.picks;
  const named = (what: string) => asked.getAll(what) as Command[];
  const trouble = () => {
    for (const command of named('hang')) fake.holdNext.set(command, new Promise(() => {}));
    for (const command of named('fail')) fake.failNext.set(command, failure('storage'));
  };
  if (asked.has('from')) setTimeout(trouble, Number(asked.get('from')));
  else trouble();
  const folder = { id: 'f1', name: 'holiday', files: 24, more: false };
  if (asked.has('folder')) setTimeout(() => fake.emit('folder', folder), 300);
  if (made.dragging) setTimeout(() => fake.emit('drag', { type: 'enter', count: 3 }), 300);
  return fake;
}
