import { createSubscriber } from 'svelte/reactivity';

/** The time by the second, for those who read it: one timer, none when nobody does. */
class Clock {
  private readonly subscribe = createSubscriber((update) => {
    const timer = setInterval(update, 1000);
    return () => clearInterval(timer);
  });

  /** Now, in milliseconds; read in an effect, it is read again each second. */
  get now(): number {
    this.subscribe();
    return Date.now();
  }
}

/** The page's clock. */
export const clock = new Clock();

/** Whole seconds until then, none once it has come. */
export function secondsUntil(then: number, now: number): number {
  return Math.max(0, Math.ceil((then - now) / 1000));
}
