/**
 * Does a work one at a time: asked for while it is done, it is done once more
 * after that, however often it was asked for. The work says itself what failed.
 */
export function onceMore(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null;
  let again = false;
  const run = async () => {
    do {
      again = false;
      await work();
    } while (again);
    running = null;
  };
  return () => {
    again = true;
    return (running ??= run());
  };
}
