import type { Backend } from '$lib/ipc/backend';
import type { TargetParams } from '$lib/ipc/contract/TargetParams';

/** Choosing goes on: the app is told when it pauses. */
const PAUSE_MS = 150;

/** The model that pictures are fitted to, told to the app as it changes. */
export class Target {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private told = '';

  constructor(private readonly backend: Backend) {}

  /** Tells it, once there is a pause, where it is not known yet. */
  tell(target: TargetParams | null): void {
    clearTimeout(this.timer);
    if (target === null) return;
    const words = JSON.stringify(target);
    if (words === this.told) return;
    this.timer = setTimeout(() => {
      this.told = words;
      // Pictures then keep the form they have; the send fits them anyway.
      this.backend.call('plugin:images|target', target).catch(() => (this.told = ''));
    }, PAUSE_MS);
  }
}
