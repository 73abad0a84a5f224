import type { Answer, Backend, Command, Params, StreamCommand, Undo } from './backend';
import type { Attachment } from './contract/Attachment';
import type { Boot } from './contract/Boot';
import type { ChatEvent } from './contract/ChatEvent';
import type { ChatSent } from './contract/ChatSent';
import type { Conversation } from './contract/Conversation';
import type { Events } from './contract/Events';
import type { Hello } from './contract/Hello';
import type { IpcError } from './contract/IpcError';
import type { KeyInfo } from './contract/KeyInfo';
import type { KeyringStatus } from './contract/KeyringStatus';
import type { KeyTestReport } from './contract/KeyTestReport';
import type { Message } from './contract/Message';
import type { Provider } from './contract/Provider';
import type { Settings } from './contract/Settings';
import { noParams } from '../state/composer.svelte';
import { emptyAnswer, errorOf, message } from './fake/messages';
import { pictures, scene } from './fake/scenes';
import { script, type Step } from './fake/script';

/** What a fake app begins with. */
export interface World {
  hello: Hello;
  settings: Settings;
  providers: Provider[];
  keys: KeyInfo[];
  keyring: KeyringStatus;
  conversations: (Conversation & { updatedAt: number; answering: boolean })[];
  attachments: Attachment[];
}

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
  /** What the next test of a key shows. */
  keyTest: KeyTestReport = {
    reachable: true,
    accepted: true,
    models: 42,
    tookMs: 231,
    error: null,
  };
  /** Files that the file dialog and the clipboard hold, as attachments to come. */
  picks: Attachment[][] = [];
  /** Set it for a page that opens with what the app knew. */
  boot: Boot | null = null;
  private readonly listeners = new Map<string, Set<Listener>>();
  private readonly channels = new Map<string, (event: ChatEvent) => void>();
  private readonly stopped = new Set<string>();
  private ids = 0;

  constructor(
    readonly world: World,
    private readonly options: FakeOptions = {},
  ) {}

  async call<C extends Command>(command: C, params: Params<C>): Promise<Answer<C>> {
    this.calls.push({ command, params });
    await Promise.resolve();
    this.throwIfAsked(command);
    const handler = this.handlers[command] as Handler | undefined;
    if (!handler) throw errorOf('internal', `The fake app has no ${command}.`);
    return (await handler(params as never)) as Answer<C>;
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
      const found = this.find(id);
      if (!found) throw errorOf('not_found', 'No such message.');
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

  private find(id: string): Message | undefined {
    return this.world.conversations.flatMap(({ messages }) => messages).find((m) => m.id === id);
  }

  private next(prefix: string): string {
    this.ids += 1;
    return `${prefix}-${this.ids}`;
  }

  /** Commands that only answer. */
  private readonly handlers: { [C in Command]?: (params: Params<C>) => unknown } = {
    'plugin:desktop|hello': () => this.world.hello,
    'plugin:desktop|ready': () => null,
    'plugin:desktop|open': () => null,
    'plugin:desktop|copy': () => null,
    'plugin:settings|get': () => structuredClone(this.world.settings),
    'plugin:settings|set': ({ settings }) => (this.world.settings = settings),
    'plugin:keys|status': () => this.world.keyring,
    'plugin:keys|list': () => ({ keys: structuredClone(this.world.keys) }),
    'plugin:keys|test': () => this.keyTest,
    'plugin:keys|set': (params) => {
      if (params.keep === 'keyring' && this.world.keyring.state !== 'ready')
        throw errorOf(
          `keyring_${this.world.keyring.state as 'locked'}`,
          'The keyring is not ready.',
          {
            reason: this.world.keyring.reason ?? '',
          },
        );
      const provider = this.world.providers.find(({ id }) => id === params.provider);
      const info: KeyInfo = {
        id: this.next('key'),
        provider: params.provider,
        origin: provider?.origin ?? '',
        label: params.label,
        last4: params.key.trim().slice(-4),
        kept: params.keep,
        chosen: !this.world.keys.some((key) => key.provider === params.provider),
        usable: true,
        createdAt: Date.now(),
        usedAt: null,
        restsUntil: null,
        restsBecause: null,
      };
      this.world.keys = [...this.world.keys, info];
      return info;
    },
    'plugin:keys|choose': ({ id }) => {
      const key = this.world.keys.find((other) => other.id === id);
      for (const other of this.world.keys)
        if (other.provider === key?.provider) other.chosen = other.id === id;
      return null;
    },
    'plugin:keys|rename': ({ id, label }) => {
      for (const key of this.world.keys) if (key.id === id) key.label = label;
      return null;
    },
    'plugin:keys|remove': ({ id }) => {
      this.world.keys = this.world.keys.filter((key) => key.id !== id);
      return null;
    },
    'plugin:providers|list': () => ({ providers: structuredClone(this.world.providers) }),
    'plugin:providers|add': ({ name, baseUrl, allowPrivate }) => {
      const url = this.parse(baseUrl, allowPrivate);
      const provider: Provider = {
        id: this.next('custom'),
        name: name || url.host,
        nameZh: null,
        baseUrl: url.href.replace(/\/$/, ''),
        origin: url.origin,
        builtin: false,
        needsKey: false,
        docsUrl: null,
        keysUrl: null,
        models: [],
        editable: true,
        parameters: {},
        modelsAt: null,
        shareRateLimit: false,
      };
      this.world.providers = [...this.world.providers, provider];
      return provider;
    },
    'plugin:providers|update': ({ id, name, baseUrl, allowPrivate }) => {
      const url = this.parse(baseUrl, allowPrivate);
      const provider = this.world.providers.find((other) => other.id === id);
      if (!provider) throw errorOf('provider_not_found', 'No such provider.', { provider: id });
      Object.assign(provider, { name, baseUrl: url.href.replace(/\/$/, ''), origin: url.origin });
      return provider;
    },
    'plugin:providers|remove': ({ id }) => {
      this.world.providers = this.world.providers.filter((provider) => provider.id !== id);
      this.world.keys = this.world.keys.filter((key) => key.provider !== id);
      return null;
    },
    'plugin:providers|models': ({ id }) => ({
      models: this.world.providers.find((provider) => provider.id === id)?.models ?? [],
      at: Date.now(),
    }),
    'plugin:images|list': () => ({ attachments: structuredClone(this.world.attachments) }),
    'plugin:images|pick': () => this.add(),
    'plugin:images|paste': () => this.add(),
    'plugin:images|remove': ({ id }) => {
      this.world.attachments = this.world.attachments.filter((other) => other.id !== id);
      return null;
    },
    'plugin:history|list': () => ({
      conversations: this.world.conversations
        .map(({ id, title, updatedAt, answering, messages }) => ({
          id,
          title,
          updatedAt,
          answering,
          thumbnail: messages.flatMap((m) => m.pictures)[0]?.hash ?? null,
        }))
        .sort((a, b) => b.updatedAt - a.updatedAt),
    }),
    'plugin:history|open': ({ id }) => {
      const found = this.world.conversations.find((conversation) => conversation.id === id);
      if (!found) throw errorOf('not_found', 'No such conversation.');
      const { title, messages, params, provider, model } = found;
      return structuredClone({ id, title, messages, params, provider, model });
    },
    'plugin:history|rename': ({ id, title }) => {
      for (const conversation of this.world.conversations)
        if (conversation.id === id) conversation.title = title;
      return null;
    },
    'plugin:history|remove': ({ id }) => {
      this.world.conversations = this.world.conversations.filter((other) => other.id !== id);
      return null;
    },
    'plugin:chat|stop': ({ message: id }) => {
      this.stopped.add(id);
      return null;
    },
  };

  private parse(baseUrl: string, allowPrivate: boolean): URL {
    const bad = (reason: string, why: string) =>
      errorOf('base_url', `${baseUrl} cannot be used: ${reason}`, { url: baseUrl, reason, why });
    if (!URL.canParse(baseUrl)) throw bad('it is not a web address.', 'not_an_address');
    const url = new URL(baseUrl);
    const here = url.hostname === 'localhost' || url.hostname.startsWith('127.');
    if (url.protocol === 'http:' && !here && !allowPrivate)
      throw bad('http to a private address is sent unencrypted.', 'private_http');
    return url;
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
      this.emit('attachment', { attachment: preparing });
    }
    for (const attachment of batch) {
      if (this.options.pace) await new Promise((done) => setTimeout(done, 500));
      this.world.attachments = [...this.world.attachments, attachment];
      this.emit('attachment', { attachment });
    }
    return null;
  }

  private begin(
    command: 'plugin:chat|send' | 'plugin:chat|retry',
    params: Params<'plugin:chat|send'> & Params<'plugin:chat|retry'>,
    onEvent: (event: ChatEvent) => void,
  ): ChatSent {
    const retried = command === 'plugin:chat|retry';
    const conversation = this.conversationOf(retried ? params.message : null, params);
    if (conversation.messages.some(({ state }) => state === 'streaming'))
      throw errorOf('busy', 'This conversation is answering already.');
    const user = retried
      ? conversation.messages.findLast(({ role }) => role === 'user')!
      : message({
          id: this.next('message'),
          role: 'user',
          text: params.text,
          pictures: this.world.attachments
            .filter(({ id }) => params.attachments.includes(id))
            .flatMap(({ picture }) => (picture ? [picture] : [])),
        });
    const provider = this.world.providers.find(({ id }) => id === params.provider);
    const key = this.world.keys.find((other) => other.provider === params.provider && other.chosen);
    const assistant = message({
      id: this.next('message'),
      parent: user.id,
      role: 'assistant',
      state: 'streaming',
      answer: {
        ...emptyAnswer(params.provider, provider?.name ?? params.provider, params.model),
        keyLabel: key?.label ?? null,
        keyLast4: key?.last4 ?? null,
      },
    });
    const kept = retried
      ? conversation.messages.filter(({ id }) => id !== params.message)
      : [...conversation.messages, user];
    conversation.messages = [...kept, assistant];
    conversation.updatedAt = Date.now();
    conversation.answering = true;
    this.world.attachments = [];
    this.channels.set(assistant.id, onEvent);
    this.emit('conversations', null);
    if (!this.options.manual) void this.play(conversation, assistant, script(user));
    return structuredClone({ conversation: conversation.id, user, assistant });
  }

  private conversationOf(
    answer: string | null,
    params: { conversation?: string | null; text?: string },
  ): World['conversations'][number] {
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
      provider: null,
      model: null,
      updatedAt: Date.now(),
      answering: false,
    };
    conversations.push(made);
    return made;
  }

  /** Plays an answer, step by step, until it ends or is stopped. */
  private async play(
    conversation: World['conversations'][number],
    assistant: Message,
    steps: Step[],
  ): Promise<void> {
    const pace = this.options.pace ?? 0;
    for (const step of steps) {
      await new Promise((done) => setTimeout(done, pace));
      const stop = this.stopped.has(assistant.id);
      const event = stop ? step.stopped(assistant) : step.next(assistant);
      this.push(assistant.id, event);
      if (event.type === 'finished' || event.type === 'failed') break;
    }
    conversation.answering = false;
    this.emit('conversations', null);
  }
}

/** The fake app that a browser's address asks for: `?scene=chat&lang=zh-CN&theme=dark`. */
export function fakeFromUrl(address: string = location.search): Fake {
  const asked = new URLSearchParams(address);
  const made = scene(asked.get('scene') ?? 'empty', asked.get('lang') === 'zh-CN' ? 'zh-CN' : 'en');
  const theme = asked.get('theme');
  if (theme === 'light' || theme === 'dark') made.world.settings.theme = theme;
  const fake = new Fake(made.world, { pace: Number(asked.get('pace') ?? 40) });
  fake.picks = made.picks;
  if (made.dragging) setTimeout(() => fake.emit('drag', { type: 'enter', count: 3 }), 300);
  return fake;
}
