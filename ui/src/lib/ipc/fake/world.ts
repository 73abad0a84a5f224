import type { Command, Params } from '../backend';
import type { Answer } from '../contract/Answer';
import type { Attachment } from '../contract/Attachment';
import type { BackupSet } from '../contract/BackupSet';
import type { BackupState } from '../contract/BackupState';
import type { Conversation } from '../contract/Conversation';
import type { Events } from '../contract/Events';
import type { Hello } from '../contract/Hello';
import type { IpcError } from '../contract/IpcError';
import type { KeyInfo } from '../contract/KeyInfo';
import type { Message } from '../contract/Message';
import type { KeyringStatus } from '../contract/KeyringStatus';
import type { Model } from '../contract/Model';
import type { NewVersion } from '../contract/NewVersion';
import type { OrphanKey } from '../contract/OrphanKey';
import type { Preset } from '../contract/Preset';
import type { Picture } from '../contract/Picture';
import type { Provider } from '../contract/Provider';
import type { SearchNote } from '../contract/SearchNote';
import type { Settings } from '../contract/Settings';

/** A conversation of the fake app, with all of its messages. */
export type Talk = Omit<Conversation, 'earlier' | 'draft' | 'preset' | 'edits'> & {
  updatedAt: number;
  answering: boolean;
  /** It stands before the others; not unless said so. */
  pinned?: boolean;
  /** It is out of the list; not unless said so. */
  archived?: boolean;
  /** When it went into the bin; it is not there unless said so. */
  removedAt?: number;
  /** An answer ended in it unseen; not unless said so. */
  unread?: boolean;
  /** What is typed in it and not sent; nothing unless said so. */
  draft?: string;
  /** The name of the preset that it began with; none unless said so. */
  preset?: string | null;
  /** Its messages that are not shown: of other branches, or removed. */
  others?: Message[];
};

/** What a fake app begins with. */
export interface World {
  hello: Hello;
  settings: Settings;
  providers: Provider[];
  /** What the servers nearby that run list, by provider; the others do not run. */
  running?: Record<string, Model[]>;
  keys: KeyInfo[];
  keyring: KeyringStatus;
  /** Keys in the keyring that no provider has, without those that fit them. */
  orphans?: Pick<OrphanKey, 'id' | 'origin'>[];
  /** A password is stored for the proxy. */
  proxyPassword?: boolean;
  conversations: Talk[];
  /** The conversation that is open; a new one unless said so. */
  open?: string | null;
  /** What is typed in a new one and not sent; nothing unless said so. */
  draft?: string;
  /** None unless said so. */
  presets?: Preset[];
  /** What is typed in place of questions, by their ids. */
  edits?: Record<string, string>;
  attachments: Attachment[];
  /** What the addresses that an answer names lead to, one after the other; then to nothing. */
  named?: Picture[];
  /** Messages that are not in the index for search yet; none unless said so. */
  waiting?: number;
  /** What a search does not understand; nothing unless said so. */
  searchNotes?: SearchNote[];
  /** The version that is newer; none unless said so. */
  newer?: NewVersion;
  /** What came from outside and was not told yet. */
  arrived?: { text: string; files: Attachment[]; refused: IpcError[] };
  /** How the backups stand; none was made unless said so. */
  backups?: BackupState;
  /** The backups that are there; two unless said so. */
  sets?: BackupSet[];
  /** The clipboard holds this text, which the page is not told of; else a picture. */
  clipboard?: string;
  /** The person leaves the dialog that asks where to save. */
  leavesDialog?: boolean;
}

/** What the scenes of states are made of. */
export interface Set {
  made: World;
  zh: boolean;
  answer: Answer;
  shown: Picture[];
}

/** Commands that only answer. */
export type Handlers = { [C in Command]?: (params: Params<C>) => unknown };

/** What each part of the fake app stands on. */
export interface Stage {
  readonly world: World;
  /** An id of its own. */
  next(prefix: string): string;
  /** Sends an event to the page. */
  emit<E extends keyof Events>(event: E, payload: Events[E]): void;
}
