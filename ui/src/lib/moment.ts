/** So long a button says that it did its work, in milliseconds. */
const MOMENT = 1500;

/**
 * Says for a moment that something was done: `change` is called with `true` at
 * once and with `false` when the moment is over. One that begins anew begins whole.
 */
export function moment(change: (on: boolean) => void): () => void {
  let over: ReturnType<typeof setTimeout> | undefined;
  return () => {
    clearTimeout(over);
    change(true);
    over = setTimeout(() => change(false), MOMENT);
  };
}
