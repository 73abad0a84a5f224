import type { Backend } from '$lib/ipc/backend';
import type { RequestSize } from '$lib/ipc/contract/RequestSize';
import type { RequestSizeParams } from '$lib/ipc/contract/RequestSizeParams';

/** Typing goes on: the size is asked for when it pauses. */
const PAUSE_MS = 300;

/** How large the next request would be, asked for again as things change. */
export class NextRequest {
  /** As far as is known; `null` when there is nothing to say. */
  size = $state.raw<RequestSize | null>(null);
  private timer: ReturnType<typeof setTimeout> | undefined;
  private asked = 0;
  /** Whose size is known. */
  private of: string | null = null;

  constructor(private readonly backend: Backend) {}

  /** Asks, once there is a pause; `null` says that there is nothing to ask about. */
  ask(params: RequestSizeParams | null): void {
    clearTimeout(this.timer);
    const mine = ++this.asked;
    // What was said of another conversation is no word on this one.
    if (params === null || params.conversation !== this.of) this.size = null;
    if (params === null) return;
    this.of = params.conversation;
    this.timer = setTimeout(() => void this.answer(params, mine), PAUSE_MS);
  }

  /** Asks no more until it is asked to; what is known stays until then. */
  wait(): void {
    clearTimeout(this.timer);
    this.asked += 1;
  }

  private async answer(params: RequestSizeParams, mine: number): Promise<void> {
    let size: RequestSize | null;
    try {
      size = await this.backend.call('plugin:chat|size', params);
    } catch {
      // Nothing is said rather than something wrong: the send itself says why.
      size = null;
    }
    if (mine === this.asked) this.size = size;
  }
}
