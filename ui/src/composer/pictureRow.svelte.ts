import type { Session } from '$lib/ipc/backend';
import type { ErrorCode } from '$lib/ipc/contract/ErrorCode';
import type { IpcError } from '$lib/ipc/contract/IpcError';
import type { Thread } from '../transcript/thread.svelte';
import type { To } from './composerState.svelte';
import type { Draft } from './draft.svelte';

/** A question that is asked of each picture on its own, as it outlives a reload. */
interface Plan {
  /** The conversation it is asked in; `null` until the first picture is sent. */
  conversation: string | null;
  /** The question. */
  text: string;
  to: To;
  /** The ids of the pictures that are yet to be sent. */
  left: string[];
  /** How many there were. */
  total: number;
}

/** What would fail alike with the next picture. */
const forAll: readonly ErrorCode[] = [
  'key_missing',
  'key_refused',
  'key_not_found',
  'key_other_origin',
  'keyring_locked',
  'keyring_no_collection',
  'keyring_unavailable',
  'no_balance',
  'forbidden',
  'provider_not_found',
  'model_missing',
  'model_not_found',
  'base_url',
  'not_an_api',
  'manifest',
  'parameter',
  'parameter_refused',
  'prompt_clipboard',
  'not_allowed',
  'storage',
  'storage_newer',
  'not_found',
  'busy',
];

/** What fails with the way to the provider: once it may be over with the next picture. */
const ofTheWay: readonly ErrorCode[] = ['network', 'proxy', 'certificate', 'redirect'];

/** What the row needs of the page. */
interface Desk {
  /** Keeps pictures over a restart, until they are sent. */
  keep: (ids: string[]) => Promise<void>;
  draft: (conversation: string | null) => Draft;
  /** A conversation, on the screen or not. */
  thread: (conversation: string) => Promise<Thread>;
  /** Sends one picture of a draft; says whether it was sent. */
  send: (
    draft: Draft,
    thread: Thread,
    to: To,
    one: { id: string; text: string },
  ) => Promise<boolean>;
}

const NAME = 'row';

/** Pictures that are asked about one after the other, each without the others. */
export class PictureRow {
  private plan = $state.raw<Plan | null>(null);
  private stopping = false;
  /** Why a picture could not be sent, while others can. */
  private skipped: IpcError | null = null;

  constructor(
    private readonly session: Session,
    private readonly desk: Desk,
  ) {}

  /** Does it go on at all? */
  get runs(): boolean {
    return this.plan !== null;
  }

  /** Does it go on in this conversation? */
  in(conversation: string | null): boolean {
    return this.plan !== null && this.plan.conversation === conversation;
  }

  /** Which picture it is at, and of how many. */
  get progress(): { at: number; total: number } {
    const { total = 0, left = [] } = this.plan ?? {};
    return { at: Math.max(1, total - left.length), total };
  }

  /** Asks about each of these pictures of a draft; ends when no more is asked. */
  async start(draft: Draft, thread: Thread, to: To, left: string[]): Promise<void> {
    if (this.plan !== null) return;
    const { text } = draft;
    this.keep({ conversation: thread.id, text, to, left, total: left.length });
    await this.desk.keep(left);
    await this.run(thread);
  }

  /** Goes on after a reload of the page. */
  async resume(): Promise<void> {
    const plan = keptPlan(this.session);
    if (plan === null || plan.conversation === null || this.plan !== null) return;
    this.keep(plan);
    let thread: Thread;
    try {
      thread = await this.desk.thread(plan.conversation);
    } catch (error) {
      this.keep(null);
      throw error;
    }
    await this.run(thread);
  }

  /** Stops what is asked, and asks no more; what was not sent stays in the draft. */
  async stop(): Promise<void> {
    const { plan } = this;
    if (plan === null) return;
    this.stopping = true;
    if (plan.conversation !== null) await (await this.desk.thread(plan.conversation)).stop();
  }

  private async run(thread: Thread): Promise<void> {
    const all = this.plan?.left ?? [];
    this.stopping = false;
    this.skipped = null;
    thread.goesOn = true;
    try {
      // One that was asked before the page was loaded anew.
      await idle(thread);
      let ways = 0;
      while (this.plan !== null && this.plan.left.length > 0 && !this.stopping) {
        const error = await this.next(thread, this.plan);
        if (error === 'stopped' || (error && forAll.includes(error))) break;
        ways = error && ofTheWay.includes(error) ? ways + 1 : 0;
        if (ways > 1) break;
      }
    } finally {
      thread.goesOn = false;
      const draft = this.desk.draft(thread.id);
      const rest = draft.attachments.some(({ id }) => all.includes(id));
      // What stays was refused, or was not its turn.
      if (rest) draft.error ??= this.skipped;
      if (!rest && draft.text === this.plan?.text) draft.text = '';
      this.keep(null);
    }
  }

  /** Asks about the next picture, to the end of its answer: what went wrong, if anything. */
  private async next(thread: Thread, plan: Plan): Promise<ErrorCode | 'stopped' | null> {
    const [id = '', ...left] = plan.left;
    const draft = this.desk.draft(thread.id);
    this.keep({ ...plan, left });
    // Taken out, or sent just before the page was loaded anew.
    if (!draft.ready.some((one) => one.id === id)) return null;
    const sent = await this.desk.send(draft, thread, plan.to, { id, text: plan.text });
    if (!sent) {
      this.skipped = draft.error;
      return draft.error?.code ?? null;
    }
    const turn = lastOf(thread);
    const copiedOf = plan.to.copiedOf ?? turn?.id ?? null;
    const to = { ...plan.to, copiedOf };
    this.keep({ ...plan, to, left, conversation: thread.id });
    if (this.stopping) await thread.stop();
    await idle(thread);
    return turn?.state === 'stopped' ? 'stopped' : (turn?.error?.code ?? null);
  }

  private keep(plan: Plan | null): void {
    this.plan = plan;
    this.session.set(NAME, JSON.stringify(plan));
  }
}

/** What was kept; what cannot be read is nothing. */
function keptPlan(session: Session): Plan | null {
  try {
    return JSON.parse(session.get(NAME) ?? 'null') as Plan | null;
  } catch {
    return null;
  }
}

function lastOf(thread: Thread) {
  const last = thread.entries.at(-1);
  return last?.role === 'assistant' ? last.turn : null;
}

/** Waits until nothing is written in a conversation. */
function idle(thread: Thread): Promise<void> {
  return new Promise((resolve) => {
    const end = $effect.root(() => {
      $effect(() => {
        if (!thread.idle) return;
        resolve();
        queueMicrotask(() => end());
      });
    });
  });
}
