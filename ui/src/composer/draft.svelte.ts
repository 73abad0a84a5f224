import type { Attachment } from '$lib/ipc/contract/Attachment';
import type { ChatParams } from '$lib/ipc/contract/ChatParams';
import type { IpcError } from '$lib/ipc/contract/IpcError';
import type { Preset } from '$lib/ipc/contract/Preset';
import type { Field } from '$lib/parameters';
import type { Asked } from '$lib/models';

/** What is typed and attached, not sent yet: one for each conversation. */
export class Draft {
  /** The question so far. */
  text = $state('');
  /** In the order they came. */
  attachments = $state.raw<Attachment[]>([]);
  /** Parameters of this conversation's requests; `null` where none were chosen yet. */
  own = $state.raw<ChatParams | null>(null);
  /** The model that the person chose here; `null` where that was not done. */
  asks = $state.raw<Asked | null>(null);
  /** The preset that a new conversation begins with; `undefined` where none was chosen or refused. */
  preset = $state.raw<Preset | null | undefined>(undefined);
  /** What stands in the fields of the parameters, where it is not what is set. */
  typed = $state.raw<Partial<Record<Field, string>>>({});
  /** What is wrong with it. */
  faults = $state.raw<Partial<Record<Field, string>>>({});
  /** Of a question that is changed: the conversation it stands in. */
  of: string | null = null;
  /** Why the last try to send failed. */
  error = $state.raw<IpcError | null>(null);
  /** Between Send and the app's word that all is saved. */
  sending = $state(false);

  /** Those that can be sent. */
  get ready(): Attachment[] {
    return this.attachments.filter(({ state }) => state === 'ready');
  }

  /** Is one still being read? */
  get preparing(): boolean {
    return this.attachments.some(({ state }) => state === 'preparing');
  }

  /** Puts text after what is typed, on a line of its own. */
  append(text: string): void {
    if (text === '') return;
    const own = this.text.trimEnd();
    this.text = own === '' ? text : `${own}\n${text}`;
  }

  /** Puts an attachment at another place among the others. */
  move(id: string, to: number): void {
    const from = this.attachments.findIndex((attachment) => attachment.id === id);
    const moved = this.attachments[from];
    if (!moved || from === to) return;
    const others = this.attachments.toSpliced(from, 1);
    this.attachments = others.toSpliced(to, 0, moved);
  }

  /** Is there anything to send, and nothing to wait for? */
  get sendable(): boolean {
    if (this.sending || this.preparing) return false;
    return this.text.trim() !== '' || this.ready.length > 0;
  }
}
