import { cleanup, render, screen, waitFor } from '@testing-library/svelte';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Notice } from '$lib/ipc/contract/Notice';
import { Fake } from '$lib/ipc/fake';
import { emptyAnswer, errorOf } from '$lib/ipc/fake/messages';
import { world } from '$lib/ipc/fake/scenes';
import App from './App.svelte';
import { openPage, texts } from './test-page';

// What is loaded when it is first wanted is not to be waited for.
beforeAll(() => import('../settings/Settings.svelte'), 120_000);
afterEach(cleanup);

const trouble = (message: string): Notice => ({
  type: 'historyTrouble',
  error: errorOf('internal', message),
});
const notices = () => screen.queryAllByTestId('notice').map(({ textContent }) => textContent);
const input = () => screen.getByTestId<HTMLTextAreaElement>('composer-input');

describe('a keyring that asks to be unlocked', () => {
  it('is said to be waited for, and Stop ends the wait', async () => {
    const { fake, user } = await openPage();
    expect(screen.queryByTestId('keyring-waiting')).toBeNull();
    fake.emit('keyring', { waiting: true });
    const notice = await screen.findByTestId('keyring-waiting');
    expect(notice.textContent).toContain('Waiting for you to unlock the keyring');
    await user.click(screen.getByTestId('keyring-stop'));
    expect(fake.calls.map(({ command }) => command)).toContain('plugin:keys|stop');
    fake.emit('keyring', { waiting: false });
    await waitFor(() => expect(screen.queryByTestId('keyring-waiting')).toBeNull());
  });
});

describe('a provider whose models the app asked for', () => {
  it('is asked as the list opens, and shows them as they come', async () => {
    const { fake, user } = await openPage();
    await user.click(screen.getByTestId('model-picker'));
    expect(fake.calls.map(({ command }) => command)).toContain('plugin:providers|refresh');
    const [demo] = fake.world.providers;
    const models = demo!.models.map((model) => ({ ...model, name: 'Named by hand' }));
    fake.emit('provider', { provider: { ...demo!, models } });
    expect(await screen.findAllByText('Named by hand')).not.toHaveLength(0);
  });
});

describe('notices', () => {
  it('come at any time; the same one is shown once', async () => {
    const { fake, user } = await openPage();
    fake.emit('notice', trouble('A page is damaged.'));
    fake.emit('notice', trouble('A page is damaged.'));
    await waitFor(() => expect(notices()).toHaveLength(1));
    expect(notices()[0]).toContain('Nothing is lost');
    expect(notices()[0]).toContain('A page is damaged.');
    fake.emit('notice', trouble('Another one.'));
    await waitFor(() => expect(notices()).toHaveLength(2));
    await user.click(screen.getAllByLabelText('Dismiss')[0]!);
    expect(notices()).toHaveLength(1);
    // It happened once more, after that.
    fake.emit('notice', trouble('A page is damaged.'));
    await waitFor(() => expect(notices()).toHaveLength(2));
  });

  it('that came with the window and with its greeting are shown once', async () => {
    const made = world();
    made.hello.notices = [trouble('At start.')];
    const fake = new Fake(made, { manual: true });
    fake.boot = { hello: made.hello, settings: made.settings, providers: made.providers };
    render(App, { backend: fake });
    await waitFor(() => expect(notices()).toHaveLength(1));
    screen.getByLabelText('Dismiss').click();
    await waitFor(() =>
      expect(fake.calls.some(({ command }) => command === 'plugin:images|list')).toBe(true),
    );
    await waitFor(() => expect(notices()).toEqual([]));
    await Promise.resolve();
    expect(notices()).toEqual([]);
  });

  it('that come before the app has greeted stay', async () => {
    const made = world();
    made.hello.notices = [trouble('At start.')];
    const fake = new Fake(made, { manual: true });
    let greet = () => {};
    fake.holdNext.set('plugin:desktop|hello', new Promise<void>((done) => (greet = done)));
    render(App, { backend: fake });
    await waitFor(() => expect(fake.calls.length).toBeGreaterThan(0));
    fake.emit('notice', trouble('Meanwhile.'));
    greet();
    await waitFor(() => expect(notices()).toHaveLength(2));
  });

  it('say why a history was set aside', async () => {
    const made = world();
    const setAside = '/data/dragoman.broken.db';
    made.hello.notices = [{ type: 'historySetAside', setAside, reason: 'file is not a database' }];
    await openPage(made);
    expect(notices()[0]).toContain('/data/dragoman.broken.db');
    expect(notices()[0]).toContain('file is not a database');
  });

  it('name a provider that cannot be read, and lead to where it is repaired', async () => {
    const made = world();
    const error = errorOf('manifest', 'x', { field: 'base_url', reason: 'missing' });
    made.hello.notices = [{ type: 'providerUnreadable', provider: 'my-gateway', error }];
    const { user } = await openPage(made);
    expect(notices()[0]).toContain('my-gateway');
    expect(notices()[0]).toContain('base_url');
    expect(notices()[0]).toContain('Its keys are kept');
    expect(notices()[0]).toContain('Settings → Providers');
    await user.click(screen.getByText('Open Providers'));
    expect(await screen.findByTestId('provider-add')).toBeTruthy();
  });

  it('are in Chinese, too', async () => {
    const made = world('zh-CN');
    const error = errorOf('manifest', 'x', { field: 'base_url', reason: 'missing' });
    made.hello.notices = [
      { type: 'providerUnreadable', provider: 'my-gateway', error },
      { type: 'historySetAside', setAside: '/d', reason: 'r' },
      trouble('x'),
    ];
    await openPage(made);
    expect(notices()[0]).toContain('密钥仍然保留');
    expect(notices()[1]).toContain('（r）');
    expect(notices()[2]).toContain('没有丢失');
  });
});

describe('an answer that could not be kept', () => {
  it('stays on the screen, says so, and can be asked for again', async () => {
    const { fake, user } = await openPage();
    await user.type(input(), 'Go{Enter}');
    await waitFor(() => expect(texts()).toHaveLength(2));
    const { id } = fake.world.conversations[0]!.messages[1]!;
    fake.push(id, {
      type: 'chunk',
      text: { keep: 0, grow: null, blocks: [{ id: 'a', html: '<p>Half of it</p>', parts: [] }] },
      reasoning: null,
    });
    fake.push(id, {
      type: 'failed',
      error: errorOf('storage', 'x', { path: '/data/dragoman.db', reason: 'disk full' }),
      answer: emptyAnswer('demo', 'Demo', 'demo-measure'),
    });
    const box = await screen.findByTestId('message-error');
    expect(texts()[1]).toBe('Half of it');
    expect(box.textContent).toContain('/data/dragoman.db');
    expect(screen.getByTestId('message-unkept').textContent).toContain('is not saved yet');
    expect(screen.getByTestId('retry')).toBeTruthy();
    expect(screen.getByTestId('send')).toBeTruthy();
  });
});

describe('stop', () => {
  it('says where it does not work, and is offered on', async () => {
    const { fake, user } = await openPage();
    await user.type(input(), 'Go{Enter}');
    const stop = await screen.findByTestId('stop');
    fake.failNext.set('plugin:chat|stop', errorOf('internal', 'Not now.'));
    await user.click(stop);
    await waitFor(() => expect(notices()[0]).toContain('Not now.'));
    expect(screen.getByTestId('stop')).toBeTruthy();
  });
});
