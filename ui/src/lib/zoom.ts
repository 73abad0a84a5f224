/** Sizes that the page is shown at, in percent: those of browsers. */
const SIZES = [50, 67, 75, 80, 90, 100, 110, 125, 150, 175, 200, 250, 300];

/** What a wheel turns at least for one size; a notch of a mouse is more. */
const NOTCH = 40;

/** The size that comes after this one, or before it. */
function beside(now: number, larger: boolean): number {
  const next = larger ? SIZES.find((size) => size > now) : SIZES.findLast((size) => size < now);
  return next ?? now;
}

/** The size that a key asks for: Ctrl or Cmd with +, − or 0. `null` for any other key. */
export function sizeByKey(event: KeyboardEvent, now: number): number | null {
  if (!(event.ctrlKey || event.metaKey) || event.altKey) return null;
  // Where + needs Shift, = is the same key without it.
  if (event.key === '+' || event.key === '=') return beside(now, true);
  if (event.key === '-' || event.key === '_') return beside(now, false);
  return event.key === '0' ? 100 : null;
}

/** Turns of a wheel with Ctrl held, gathered until they make a size. */
export class Wheel {
  private turned = 0;

  /** The size that a turn asks for; `null` for one that means something else. */
  size(event: WheelEvent, now: number): number | null {
    if (!event.ctrlKey) return null;
    // Turned back, it starts anew.
    if (Math.sign(event.deltaY) !== Math.sign(this.turned)) this.turned = 0;
    this.turned += event.deltaY;
    if (Math.abs(this.turned) < NOTCH) return now;
    const larger = this.turned < 0;
    this.turned = 0;
    return beside(now, larger);
  }
}
