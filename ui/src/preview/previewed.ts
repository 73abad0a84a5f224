import type { Attachment } from '$lib/ipc/contract/Attachment';
import type { Picture } from '$lib/ipc/contract/Picture';

/** A picture that can be looked at closely. */
export interface Previewed {
  /** Names it among the others. */
  key: string;
  /** What is sent of it; `null` while that is not there. */
  picture: Picture | null;
  /** The attachment it is of, while it can still be changed. */
  attachment?: Attachment;
}
