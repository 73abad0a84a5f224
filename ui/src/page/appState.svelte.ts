import { createContext, tick } from 'svelte';
import type { Backend, Undo } from '$lib/ipc/backend';
import { toIpcError } from '$lib/ipc/backend';
import type { ChatParams } from '$lib/ipc/contract/ChatParams';
import type { ConversationsEvent } from '$lib/ipc/contract/ConversationsEvent';
import type { ErrorDetail } from '$lib/ipc/contract/ErrorDetail';
import type { Hello } from '$lib/ipc/contract/Hello';
import type { IpcError } from '$lib/ipc/contract/IpcError';
import type { LastOpen } from '$lib/ipc/contract/LastOpen';
import type { Model } from '$lib/ipc/contract/Model';
import type { Preset } from '$lib/ipc/contract/Preset';
import type { Provider } from '$lib/ipc/contract/Provider';
import { m } from '$lib/paraglide/messages';
import { Compositions } from '$lib/compositions';
import { isHeld } from '$lib/focus';
import { unknownModel, type Asked } from '$lib/models';
import { countParams, noParams, withoutParam, withParam } from '$lib/parameters';
import { ComposerState, type To } from '../composer/composerState.svelte';
import { PictureRow } from '../composer/pictureRow.svelte';
import type { Draft } from '../composer/draft.svelte';
import { Conversations } from '../sidebar/conversations.svelte';
import { Presets } from '../presets/presets.svelte';
import { NoticeList } from '../errors/noticeList.svelte';
import { DEMO } from '$lib/providers';
import { providerName } from '../words/providers';
import { Providers } from '../models/providers.svelte';
import { Preferences } from '../settings/preferences.svelte';
import { PausedWrites } from '$lib/pausedWrites.svelte';
import { Navigation } from './navigation.svelte';
import type { Thread } from '../transcript/thread.svelte';
import type { Turn } from '../transcript/turn.svelte';
import { Out } from './out.svelte';
import { Tree } from './tree.svelte';

/** The state of the page: made once, in `App.svelte`, reached by `useApp()`. */
export class AppState {
  readonly settings: Preferences;
  readonly providers: Providers;
  readonly conversations: Conversations;
  readonly composer: ComposerState;
  readonly presets: Presets;
  readonly row: PictureRow;
  /** Parameters of conversations, on their way to the app. */
  readonly keptParameters: PausedWrites<string, ChatParams>;
  readonly nav = new Navigation();
  readonly tree = new Tree(this);
  readonly out = new Out(this);
  readonly compositions = new Compositions();
  /** What the app said of itself; `null` until it did. */
  hello = $state.raw<Hello | null>(null);
  /** What happened, not dismissed yet. */
  readonly notices = new NoticeList();
  /** Are language and colours known? Until then nothing is shown. */
  known = $state(false);
  /** What was done, for those who do not see it. */
  said = $state('');
  /** Something that failed with no better place to say so. */
  error = $state.raw<IpcError | null>(null);

  /** Is what comes from outside taken as it comes? */
  private takesArrived = false;

  constructor(readonly backend: Backend) {
    this.settings = new Preferences(backend);
    this.providers = new Providers(backend);
    this.composer = new ComposerState(backend);
    this.presets = new Presets(backend);
    this.conversations = new Conversations(
      backend,
      (conversation) => {
        this.composer.fill(conversation.id, conversation.draft);
        this.composer.fillEdits(conversation);
      },
      (id) => this.composer.carryOver(id),
    );
    this.row = new PictureRow(backend.session, {
      // Where they cannot be kept they are sent all the same.
      keep: async (ids) =>
        void (await this.attempt(() => backend.call('plugin:images|keep_unsent', { ids }))),
      draft: (id) => this.composer.draft(id),
      thread: (id) => this.conversations.behind(id),
      send: (...what) => this.sendAs(...what),
    });
    this.keptParameters = new PausedWrites((id, params) =>
      backend.call('plugin:history|set_params', { id, params }),
    );
    const { boot } = backend;
    if (!boot) return;
    this.greet(boot.hello);
    this.settings.current = boot.settings;
    this.providers.list = boot.providers;
    this.known = true;
  }

  private greet(hello: Hello) {
    this.hello = hello;
    this.settings.system = hello.locale;
    this.notices.greet(hello.notices);
  }

  /** Reads all there is; `known` is set as soon as language and colours are. */
  async start(): Promise<void> {
    // Each stands alone: what fails is said, what works is shown.
    const hello = this.attempt(async () =>
      this.greet(await this.backend.call('plugin:desktop|hello', null)),
    );
    const settings = this.attempt(() => this.settings.load());
    const rest = [
      this.attempt(() => this.providers.load()),
      this.attempt(async () => {
        await this.providers.arrived(await this.backend.call('plugin:providers|plugins', null));
      }),
      this.conversations.list.readAnew(),
      this.conversations.putAway.count(),
      this.attempt(() => this.presets.load()),
      this.attempt(async () => {
        // What outlived a restart belongs to what is open.
        await this.openAgain();
        const { attachments } = await this.backend.call('plugin:images|list', null);
        this.composer.restore(attachments);
      }),
    ];
    await Promise.all([hello, settings]);
    this.known = true;
    await Promise.all(rest);
    void this.attempt(() => this.row.resume());
    // The keyring may take seconds when it is locked: nothing waits for it.
    void this.providers.loadKeyring();
  }

  /** Listens to the app until the returned function is called; `ready` when it does. */
  listen(): { ready: Promise<unknown>; stop: Undo } {
    const unwatch = this.compositions.watch(document);
    // What waits to be kept does not wait for a page that goes.
    const keep = () => {
      void this.keptParameters.flush();
      void this.composer.flush();
    };
    window.addEventListener('pagehide', keep);
    const undos = [
      this.backend.listen('arrived', () => {
        if (this.takesArrived) void this.attempt(() => this.takeArrived());
      }),
      this.backend.listen('attachment', ({ attachment }) => {
        // A picture that comes is for the question: show where it went.
        if (attachment.state === 'preparing') this.showQuestion();
        this.composer.upsert(attachment);
      }),
      this.backend.listen('drag', (drag) => {
        this.composer.dragging = drag.type === 'enter' ? drag.count : null;
      }),
      this.backend.listen('folder', (folder) => {
        this.showQuestion();
        this.composer.folders = [...this.composer.folders, folder];
      }),
      this.backend.listen('clipboard', (error) => {
        this.composer.error = error;
      }),
      this.backend.listen('conversations', (event) => this.conversationsChanged(event)),
      this.backend.listen('keyring', ({ waiting }) => this.providers.prompted(waiting)),
      this.backend.listen('provider', ({ provider }) => this.providers.told(provider)),
      this.backend.listen('notice', (notice) => this.notices.add(notice)),
      this.backend.listen('plugins', (report) => {
        void this.attempt(() => this.providers.arrived(report));
      }),
    ];
    return {
      ready: this.attempt(() => Promise.all(undos)),
      stop: () => {
        unwatch();
        window.removeEventListener('pagehide', keep);
        for (const undo of undos)
          undo.then(
            (end) => end(),
            () => {},
          );
      },
    };
  }

  /** Who is chosen: in this conversation, else who was asked last in it, else for new ones. */
  private get chosen(): { provider: string; model: string | null } {
    const { asks } = this.draft;
    if (asks) return asks;
    const { asked } = this.conversations.current;
    if (asked && this.isThere(asked)) return asked;
    const preset = this.presetModel;
    if (preset && this.isThere(preset)) return preset;
    const { provider, model } = this.settings.current;
    return { provider: provider ?? DEMO, model };
  }

  /** Can it still be asked? What is not known of a provider cannot be said to be gone. */
  private isThere({ provider, model }: Asked): boolean {
    const models = this.providers.find(provider)?.models;
    return models !== undefined && (models.length === 0 || models.some(({ id }) => id === model));
  }

  /** The provider to ask: the chosen one, else Demo. */
  get provider(): Provider | undefined {
    const { list } = this.providers;
    return this.providers.find(this.chosen.provider) ?? this.providers.find(DEMO) ?? list[0];
  }

  /** The model to ask for: the chosen one, else the provider's first. */
  get model(): Model | undefined {
    const provider = this.provider;
    if (!provider) return undefined;
    const { provider: chosen, model: id } = this.chosen;
    if (id && chosen === provider.id) return this.modelOf({ provider: chosen, model: id });
    return provider.models[0];
  }

  /** A model by its id, with what is known of it. */
  private modelOf({ provider, model: id }: Asked): Model {
    const known = this.providers.find(provider)?.models.find((model) => model.id === id);
    return known ?? unknownModel(id);
  }

  /** The draft of the conversation on the screen. */
  get draft(): Draft {
    return this.composer.draft(this.conversations.current.id);
  }

  /** The preset that a new conversation begins with: the chosen one, else the pinned one. */
  get preset(): Preset | null {
    if (this.conversations.current.id !== null) return null;
    const { preset } = this.draft;
    return preset === undefined ? this.presets.pinned : preset;
  }

  /** The model that it names. */
  private get presetModel(): Asked | null {
    const { provider = null, model = null } = this.preset ?? {};
    return provider !== null && model !== null ? { provider, model } : null;
  }

  /** The name of the preset that this conversation began with. */
  get begunWith(): string | null {
    return this.conversations.current.preset;
  }

  /** Lets the new conversation begin with a preset, or with none. */
  beginWith(preset: Preset | null): void {
    Object.assign(this.draft, { preset, own: null, asks: null, typed: {}, faults: {} });
  }

  /** Parameters of the next request: this conversation's, or those of preset or model where it is new. */
  get params(): ChatParams {
    const isNew = this.conversations.current.id === null;
    const fresh = isNew ? (this.preset?.params ?? this.model?.defaults) : null;
    return this.draft.own ?? (fresh ? { ...noParams(), ...fresh } : noParams());
  }

  /** Changes them, here at once, in the app a moment later. */
  setParams(params: ChatParams): void {
    this.draft.own = params;
    const { id } = this.conversations.current;
    if (id !== null) this.keptParameters.set(id, params);
  }

  /** The parameter for which the last answer was refused, and the provider's words. */
  get refusal(): {
    turn: Turn;
    parameter: string;
    who: string;
    detail: ErrorDetail | null;
  } | null {
    const last = this.conversations.current.entries.at(-1);
    if (last?.role !== 'assistant') return null;
    const { turn } = last;
    const parameter = turn.error?.args.parameter;
    if (turn.error?.code !== 'parameter_refused' || !parameter) return null;
    const asked = this.providers.find(turn.answer?.provider ?? '');
    const who = asked ? providerName(asked) : (turn.answer?.providerName ?? '');
    return { turn, parameter, who, detail: turn.error.detail };
  }

  /** Pictures of the loaded messages that would go along, those of the draft included. */
  private get pictureCount(): number {
    const { entries } = this.conversations.current;
    const earlier = entries.flatMap((entry) => (entry.role === 'user' ? [entry.message] : []));
    const links = earlier.flatMap(({ links }) => links.filter(({ video }) => !video));
    const all = [...earlier.flatMap(({ pictures }) => pictures), ...links];
    const fresh = this.draft.ready.filter(({ picture, link }) => picture || link?.video === false);
    return all.filter(({ refused }) => !refused).length + fresh.length;
  }

  /**
   * How many pictures to keep where all are too many: as many as are taken, where
   * that is known, else half. `told` is how many the app counts: not every message
   * that holds one need be loaded.
   */
  fewerPictures(told = NaN, limit = NaN): number | null {
    const unseen = this.conversations.current.earlier && told >= 0;
    const all = unseen ? told : this.pictureCount;
    const now = Math.min(this.params.keepPictures ?? Infinity, all);
    if (limit >= 1 && limit < now) return limit;
    return now > 1 ? Math.floor(now / 2) : null;
  }

  /** Sends only so many of the conversation's last pictures from now on. */
  keepPictures(count: number): void {
    this.setParams(withParam(this.params, 'keepPictures', count));
  }

  /** A model that takes videos and can be asked: the named one, else the chosen provider's. */
  videoModel(named?: string): { provider: Provider; model: Model } | null {
    const { list } = this.providers;
    const mine = this.provider;
    const all = list
      .filter((provider) => !this.providers.lacksKey(provider))
      .sort((a, b) => Number(b === mine) - Number(a === mine))
      .flatMap((provider) => provider.models.map((model) => ({ provider, model })));
    return (
      all.find(({ model }) => model.id === named) ??
      all.find(({ model }) => model.video === true) ??
      null
    );
  }

  /** Asks this model from now on. */
  async ask(provider: string, model: string): Promise<void> {
    this.draft.error = null;
    const isNew = this.conversations.current.id === null;
    if (!isNew || this.presetModel) this.draft.asks = { provider, model };
    // What is asked in place of a preset's is asked here only.
    if (isNew && this.presetModel) return;
    await this.settings.set({ provider, model });
  }

  /** Asks again without a parameter that was refused, and does so from now on. */
  async retryWithout(turn: Turn, parameter: string): Promise<void> {
    this.setParams(withoutParam(this.params, parameter));
    await this.retry(turn);
  }

  /** Begins a new conversation. */
  begin(): void {
    this.beginBehind();
    this.nav.showConversation();
  }

  private beginBehind(): void {
    void this.keptParameters.flush();
    this.conversations.begin();
    this.composer.turnTo(null);
  }

  /**
   * Takes what came from outside, if anything did: into a new conversation, beside what is
   * typed and attached there already. Nothing is sent.
   */
  private async takeArrived(): Promise<boolean> {
    const { text, files, refused } = await this.backend.call('plugin:desktop|arrived', null);
    for (const error of refused) this.notices.add({ type: 'linkRefused', error });
    if (text === '' && files === 0) return false;
    this.beginBehind();
    this.showQuestion();
    this.composer.draft(null).append(text);
    if (files > 0) await this.backend.call('plugin:images|take_arrived', null);
    return true;
  }

  /** Shows a conversation; `anew`, as it is now, also where it is on the screen. */
  async open(id: string, anew = false): Promise<void> {
    this.nav.showConversation();
    void this.keptParameters.flush();
    await this.conversations.open(id, anew);
    const thread = this.conversations.current;
    // What was changed here is newer than what the app has told.
    this.composer.draft(thread.id).own ??= thread.params;
    this.composer.turnTo(thread.id);
  }

  /** Shows a message where it stands, and these words in it. */
  async showMessage(message: string, words: string[]): Promise<void> {
    await this.attempt(async () => {
      const shown = await this.backend.call('plugin:history|show_message', { message });
      await this.open(shown.conversation, shown.changed);
      const thread = this.conversations.current;
      if (thread.id === shown.conversation && (await thread.readUntil(message)))
        thread.sought = { message, words };
    });
  }

  /** Opens what was open before a reload or a restart, unless the person was faster. */
  private async openAgain(): Promise<void> {
    let last: LastOpen | null = null;
    await this.attempt(async () => {
      last = await this.backend.call('plugin:history|last_open', null);
      this.composer.fill(null, last.draft);
    });
    // What was typed before stands first.
    this.takesArrived = true;
    await this.attempt(async () => {
      if ((await this.takeArrived()) || last === null) return;
      const { conversation } = last;
      const { current, opening } = this.conversations;
      if (current.id !== null || current.entries.length > 0 || opening !== null) return;
      if (conversation !== null) await this.open(conversation);
      else this.conversations.begin();
    });
  }

  /** Removes conversations into the bin; what was typed and attached there comes back with them. */
  async remove(ids: string[]): Promise<void> {
    await this.attempt(() => this.conversations.remove(ids));
    this.composer.turnTo(this.conversations.current.id);
  }

  /** Takes conversations out of the list, or back into it. */
  async archive(ids: string[], archived: boolean): Promise<void> {
    await this.attempt(() => this.conversations.archive(ids, archived));
  }

  /** Brings conversations back from the bin. */
  async restore(ids: string[]): Promise<void> {
    if (await this.attempt(() => this.conversations.restore(ids))) await this.say(m.removed_back());
  }

  /** Brings back what was removed or archived last, and shows what was shown of it. */
  async undoPutAway(): Promise<void> {
    const { undoable } = this.conversations.putAway;
    if (!undoable) return;
    const { what, ids, shown } = undoable;
    if (what === 'removed') await this.restore(ids);
    else await this.archive(ids, false);
    const { current } = this.conversations;
    const isNew = current.id === null && current.entries.length === 0 && !this.draft.sendable;
    const undone = this.conversations.putAway.undoable === null;
    if (shown !== null && isNew && undone) await this.open(shown);
  }

  /** Removes conversations of the bin for good, with what was typed and attached there. */
  async erase(ids: string[] | null): Promise<void> {
    const all = ids ?? this.conversations.putAway.list?.rows.map(({ id }) => id) ?? [];
    if (!(await this.attempt(() => this.conversations.erase(ids)))) return;
    for (const id of all) {
      this.keptParameters.drop(id);
      this.composer.discard(id);
    }
  }

  private conversationsChanged(event: ConversationsEvent): void {
    this.conversations.apply(event);
    if (event.elsewhere) void this.attempt(() => this.presets.load());
    if (event.removed.length > 0) this.composer.turnTo(this.conversations.current.id);
  }

  /** Whom the draft on the screen is sent to, and how; says where nobody is chosen. */
  private get to(): To | null {
    const { provider, model, params, preset } = this;
    if (provider && model)
      return {
        ...{ provider: provider.id, model: model.id, params, preset: preset?.name ?? null },
        ...{ alone: false, copiedOf: null },
      };
    this.draft.error = {
      code: 'model_missing',
      message: 'No model is chosen.',
      args: {},
      retryAfterMs: null,
      detail: null,
    };
    return null;
  }

  /** May the draft on the screen be sent now? */
  private get sendable(): boolean {
    const thread = this.conversations.current;
    return this.draft.sendable && !thread.live && !thread.asking && !this.row.in(thread.id);
  }

  /** Sends the draft on the screen. */
  async send(): Promise<boolean> {
    const to = this.sendable ? this.to : null;
    return to !== null && this.sendAs(this.draft, this.conversations.current, to);
  }

  /** The pictures of the draft on the screen that can be asked about one by one. */
  get single(): string[] {
    return this.draft.ready.flatMap(({ id, picture }) => (picture ? [id] : []));
  }

  /** Asks about each picture of the draft on the screen, one after the other. */
  async sendEach(): Promise<void> {
    const to = this.sendable ? this.to : null;
    if (to === null) return;
    const { draft, single } = this;
    await this.row.start(draft, this.conversations.current, { ...to, alone: true }, single);
  }

  private async sendAs(
    draft: Draft,
    thread: Thread,
    to: To,
    one: { id: string; text: string } | null = null,
  ): Promise<boolean> {
    const isNew = thread.id === null;
    const sent = await this.composer.send(draft, thread, to, one);
    if (sent) {
      const { own } = this.composer.draft(thread.id);
      if (isNew && thread.id && own && countParams(own) > 0)
        this.keptParameters.set(thread.id, own);
      if (thread === this.conversations.current) this.composer.turnTo(thread.id);
    }
    return sent;
  }

  /** Who gave an answer, or failed to; `null` where its provider is not there any more. */
  askedFor({ answer }: Turn): { provider: Provider; model: Model } | null {
    const provider = answer && this.providers.find(answer.provider);
    return provider ? { provider, model: this.modelOf(answer) } : null;
  }

  /** Who gave an answer, by their ids. */
  askedNow(turn: Turn): Asked | null {
    const asked = this.askedFor(turn);
    return asked && { provider: asked.provider.id, model: asked.model.id };
  }

  /** Who is asked from now on, by their ids. */
  get chosenNow(): Asked | null {
    const { provider, model } = this;
    return provider && model ? { provider: provider.id, model: model.id } : null;
  }

  /** Asks again, in place of an answer: who was asked, else who is named. */
  async retry(turn: Turn, named: Asked | null = null): Promise<void> {
    const asked = named ?? this.askedNow(turn) ?? this.chosenNow;
    const thread = this.conversations.current;
    if (!asked || !thread.idle) return;
    await this.attempt(() => thread.retry({ message: turn.id, ...asked, params: this.params }));
  }

  /** Opens a link in the system's browser. */
  async openLink(url: string): Promise<void> {
    await this.attempt(() => this.backend.call('plugin:desktop|open', { url }));
  }

  /** Puts text on the clipboard. Says whether that worked. */
  async copy(text: string): Promise<boolean> {
    const done = await this.attempt(() => this.backend.call('plugin:desktop|copy', { text }));
    if (done) await this.say(m.copied());
    return done;
  }

  /** Has something read out. */
  async say(words: string): Promise<void> {
    // The same words are read out again only where they went in between.
    this.said = '';
    await tick();
    this.said = words;
  }

  /** Does something; where it fails, that is said. */
  async attempt(what: () => Promise<unknown>): Promise<boolean> {
    try {
      await what();
      return true;
    } catch (error) {
      this.error = toIpcError(error);
      return false;
    }
  }

  /** Shows where something arrived for the question, unless that took away what is being typed. */
  private showQuestion(): void {
    const typing = this.providers.typing.size > 0 || isHeld(document.activeElement);
    if (!typing) this.nav.settingsOpen = false;
  }
}

/** The state of the page, for every component below `App.svelte`. */
export const [useApp, provideApp] = createContext<AppState>();
