import type { Picture } from '$lib/ipc/contract/Picture';

/** A picture of the conversation that is dragged to the question. */
export interface Carried {
  /** The message it stands in. */
  message: string;
  picture: Picture;
  /** Where the pointer is. */
  x: number;
  y: number;
  /** Is that over the question? */
  over: boolean;
}

/** Where it can be dropped. */
export interface Taker {
  /** The one that is dragged; `null` when none is. */
  carried: Carried | null;
  /** Is this place of the window over it? */
  isOver(x: number, y: number): boolean;
  /** Takes a picture of the conversation once more. */
  again(message: string, hash: string): Promise<void>;
}

/** So far is a press moved before it is a drag. */
const FAR = 6;

/** Drags a picture of the conversation to the question, inside the page alone. */
export class Carry {
  /** Did the last press end as a drag? The click that follows it opens nothing. */
  wasDrag = false;

  constructor(private readonly composer: Taker) {}

  /** A pointer went down on a picture: the drag begins when it has moved. */
  press(down: PointerEvent, message: string, picture: Picture): void {
    this.wasDrag = false;
    const { composer } = this;
    const move = ({ clientX: x, clientY: y }: PointerEvent) => {
      if (!composer.carried && Math.hypot(x - down.clientX, y - down.clientY) <= FAR) return;
      this.wasDrag = true;
      const over = composer.isOver(x, y);
      composer.carried = { message, picture, x, y, over };
    };
    const end = () => {
      window.removeEventListener('pointermove', move);
      window.removeEventListener('pointerup', drop);
      window.removeEventListener('pointercancel', end);
      window.removeEventListener('keydown', escape, true);
      composer.carried = null;
    };
    const drop = (event: PointerEvent) => {
      if (composer.carried) move(event);
      const over = composer.carried?.over;
      end();
      if (over) void composer.again(message, picture.hash);
    };
    const escape = (event: KeyboardEvent) => {
      if (event.key !== 'Escape') return;
      event.preventDefault();
      event.stopPropagation();
      end();
    };
    window.addEventListener('pointermove', move);
    window.addEventListener('pointerup', drop);
    window.addEventListener('pointercancel', end);
    window.addEventListener('keydown', escape, true);
  }
}
