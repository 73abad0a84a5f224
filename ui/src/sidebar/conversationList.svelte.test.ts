import { describe, expect, it } from 'vitest';
import { Fake } from '$lib/ipc/fake';
import { world } from '$lib/ipc/fake/scenes';
import { noParams } from '$lib/parameters';
import { ConversationList } from './conversationList.svelte';

/** A list over so many conversations, of which the first page is read. */
async function begun(count: number) {
  const made = world();
  made.conversations = Array.from({ length: count }, (_, at) => ({
    ...{ id: `t${at}`, title: `t${at}`, messages: [], params: noParams() },
    ...{ provider: null, model: null, updatedAt: 1_000_000 - at, answering: false },
  }));
  const fake = new Fake(made, { manual: true });
  const list = new ConversationList(fake);
  await list.readAnew();
  return { fake, list };
}

const ids = (list: ConversationList) => list.rows.map(({ id }) => id);

describe('the list', () => {
  it('reads one page at a time', async () => {
    const { fake, list } = await begun(120);
    const [first, second] = [list.readMore(), list.readMore()];
    await Promise.all([first, second]);
    expect(fake.calls).toHaveLength(2);
    expect(list.rows).toHaveLength(100);
  });

  it('does not take a page that was overtaken by all of it', async () => {
    const { fake, list } = await begun(120);
    let open = () => {};
    fake.holdNext.set('plugin:history|list', new Promise<void>((done) => (open = done)));
    const page = list.readMore();
    await Promise.resolve();
    await Promise.resolve();
    fake.world.conversations.splice(0, 60);
    await list.readAnew();
    open();
    await page;
    expect(ids(list)).toEqual(Array.from({ length: 50 }, (_, at) => `t${60 + at}`));
    expect(list.reading).toBeNull();
    await list.readMore();
    expect(list.rows).toHaveLength(60);
    expect(list.more).toBe(false);
  });

  it('asks for nothing where there is nothing more', async () => {
    const { fake, list } = await begun(3);
    await list.readMore();
    expect(fake.calls).toHaveLength(1);
  });

  it('holds each once, however the app repeats itself', async () => {
    const { fake, list } = await begun(60);
    // Its clock went back while the pages were read.
    fake.world.conversations[0]!.updatedAt = 1;
    await list.readMore();
    expect(ids(list).filter((id) => id === 't0')).toHaveLength(1);
    expect(ids(list).at(-1)).toBe('t0');
  });

  it('goes on from where a page ended, whatever became of its last row', async () => {
    const { fake, list } = await begun(60);
    fake.world.conversations = fake.world.conversations.filter(({ id }) => id !== 't49');
    list.apply({ upserted: [], removed: ['t49'] });
    await list.readMore();
    expect(list.rows).toHaveLength(59);
    expect(fake.calls.at(-1)?.params).toMatchObject({ after: { id: 't49' } });
  });
});
