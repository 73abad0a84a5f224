import type { Notice } from '$lib/ipc/contract/Notice';

/** What the person should know, until they take it off the screen. */
export class NoticeList {
  /** In the order they came. */
  list = $state.raw<Notice[]>([]);
  /** What the app said when it greeted: it says it again. */
  private greeted = new Set<string>();

  /** Takes those of a greeting; what an earlier one said already is not said again. */
  greet(notices: Notice[]): void {
    for (const notice of notices) {
      const same = JSON.stringify(notice);
      if (this.greeted.has(same)) continue;
      this.greeted.add(same);
      this.add(notice);
    }
  }

  /** Takes one that came; the same one is shown once. */
  add(notice: Notice): void {
    const same = JSON.stringify(notice);
    if (this.list.some((other) => JSON.stringify(other) === same)) return;
    this.list = [...this.list, notice];
  }

  /** Takes one off the screen. */
  dismiss(notice: Notice): void {
    this.list = this.list.filter((other) => other !== notice);
  }
}
