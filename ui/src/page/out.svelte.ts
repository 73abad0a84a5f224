import type { Backend } from '$lib/ipc/backend';
import type { CopyForm } from '$lib/ipc/contract/CopyForm';
import type { PieceParams } from '$lib/ipc/contract/PieceParams';
import type { TableForm } from '$lib/ipc/contract/TableForm';
import { m } from '$lib/paraglide/messages';
import { moment } from '$lib/moment';

/** What it needs of the page. */
interface Page {
  readonly backend: Backend;
  say(words: string): Promise<void>;
  attempt(what: () => Promise<unknown>): Promise<boolean>;
}

/** What a person takes out of a conversation. The shell reads it off what is kept. */
export class Out {
  /** The answer that was copied just now. */
  copiedAnswer = $state<string | null>(null);
  private last = '';
  private readonly confirm = moment((on) => (this.copiedAnswer = on ? this.last : null));

  constructor(private readonly page: Page) {}

  /** Puts an answer on the clipboard. Says whether that worked, as all here do. */
  async copyAnswer(message: string, form: CopyForm): Promise<boolean> {
    const { backend } = this.page;
    const done = await this.copied(() => backend.call('plugin:out|copy_answer', { message, form }));
    if (done) {
      this.last = message;
      this.confirm();
    }
    return done;
  }

  /** Puts the branch that a conversation shows on the clipboard, as Markdown. */
  copyConversation(id: string): Promise<boolean> {
    return this.copied(() => this.page.backend.call('plugin:out|copy_conversation', { id }));
  }

  /** Prints a conversation as the system's dialog says. */
  print(id: string): Promise<boolean> {
    return this.page.attempt(() => this.page.backend.call('plugin:out|print', { id }));
  }

  /** Puts a table on the clipboard. */
  copyTable(table: PieceParams, form: TableForm): Promise<boolean> {
    return this.copied(() => this.page.backend.call('plugin:out|copy_table', { table, form }));
  }

  /** Writes a table to a file that the person names; false where none was named. */
  saveTable(table: PieceParams): Promise<boolean> {
    return this.saved(() => this.page.backend.call('plugin:out|save_table', table));
  }

  /** Writes a code block to a file that the person names; false where none was named. */
  saveCode(code: PieceParams): Promise<boolean> {
    return this.saved(() => this.page.backend.call('plugin:out|save_code', code));
  }

  private async saved(save: () => Promise<boolean>): Promise<boolean> {
    let written = false;
    await this.page.attempt(async () => (written = await save()));
    if (written) await this.page.say(m.saved());
    return written;
  }

  private async copied(copy: () => Promise<unknown>): Promise<boolean> {
    const done = await this.page.attempt(copy);
    if (done) await this.page.say(m.copied());
    return done;
  }
}
