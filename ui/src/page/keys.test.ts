import { cleanup, screen, waitFor, within } from '@testing-library/svelte';
import type userEvent from '@testing-library/user-event';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Fake } from '$lib/ipc/fake';
import { errorOf } from '$lib/ipc/fake/messages';
import { keyring, scene, world } from '$lib/ipc/fake/scenes';
import { called, loadParts, openPage as open } from './test-page';

const SECRET = 'sk-canary-0123456789abcdef';

beforeAll(loadParts, 120_000);
afterEach(cleanup);

describe('keys', () => {
  const form = () =>
    within(screen.getAllByTestId('provider').find(({ dataset }) => dataset.provider === 'chenyu')!);

  async function typed(fake: Fake, user: ReturnType<typeof userEvent.setup>) {
    await user.click(screen.getByTestId('settings'));
    await user.type(form().getByTestId('key-input'), SECRET);
    await user.type(form().getByTestId('key-label'), 'work');
    return form().getByTestId<HTMLInputElement>('key-input');
  }

  it('are wiped from the field once saved, and nowhere in the page', async () => {
    const { fake, user } = await open();
    const field = await typed(fake, user);
    await user.click(form().getByTestId('key-save'));
    await waitFor(() => expect(form().getAllByTestId('key')).toHaveLength(1));
    expect(called(fake, 'plugin:keys|set')[0]?.params).toEqual({
      provider: 'chenyu',
      label: 'work',
      key: SECRET,
      keep: 'keyring',
    });
    expect(field.value).toBe('');
    expect(form().getByTestId('key').textContent).toContain('…cdef');
    expect(document.documentElement.outerHTML).not.toContain(SECRET);
    for (const element of document.querySelectorAll('input'))
      expect(element.value).not.toContain(SECRET);
  });

  it('are wiped when the settings close', async () => {
    const { fake, user } = await open();
    const field = await typed(fake, user);
    await user.click(screen.getByTestId('settings'));
    await waitFor(() => expect(screen.queryByTestId('key-input')).toBeNull());
    expect(field.value).toBe('');
  });

  it('are saved by a test that the provider passes', async () => {
    const { fake, user } = await open();
    await typed(fake, user);
    await user.click(form().getByTestId('key-test'));
    await waitFor(() => expect(form().getAllByTestId('key')).toHaveLength(1));
    expect(form().getByTestId('key-test-report').textContent).toContain('Key accepted');
    expect(form().getByTestId('key-test-report').textContent).toContain('42 models');
  });

  it('are accepted by a provider that lists nothing, which is not counted', async () => {
    const { fake, user } = await open();
    await typed(fake, user);
    fake.keyTest = { reachable: true, accepted: true, models: 0, tookMs: 80, error: null };
    await user.click(form().getByTestId('key-test'));
    const { textContent } = await form().findByTestId('key-test-report');
    expect(textContent).toContain('lists no models');
    expect(textContent).not.toContain('0 models');
  });

  it('are not saved by a test that fails; the next step is said', async () => {
    const { fake, user } = await open();
    const field = await typed(fake, user);
    fake.keyTest = {
      reachable: true,
      accepted: false,
      models: null,
      tookMs: 80,
      error: errorOf('key_refused', 'refused'),
    };
    await user.click(form().getByTestId('key-test'));
    const report = await form().findByTestId('key-test-report');
    expect(report.dataset.result).toBe('refused');
    expect(report.textContent).toContain('Check it in Settings');
    expect(called(fake, 'plugin:keys|set')).toHaveLength(0);
    expect(field.value).toBe(SECRET);
  });

  it('can be kept for this run when there is no keyring', async () => {
    const made = world();
    made.keyring = keyring({ state: 'unavailable', reason: 'failed', detail: 'no bus' });
    const { fake, user } = await open(made);
    const field = await typed(fake, user);
    expect(screen.getByTestId('keyring').textContent).toContain('no bus');
    await user.click(form().getByTestId('key-save'));
    await user.click(await form().findByTestId('key-save-session'));
    await waitFor(() => expect(form().getAllByTestId('key')).toHaveLength(1));
    expect(fake.world.keys[0]?.kept).toBe('session');
    expect(field.value).toBe('');
  });

  it('are removed only when that is confirmed', async () => {
    const { fake, user } = await open(scene('chat', 'en').world);
    await user.click(screen.getByTestId('settings'));
    await user.click(form().getAllByTestId('key-remove')[0]!);
    expect(called(fake, 'plugin:keys|remove')).toHaveLength(0);
    await user.click(within(await screen.findByRole('alertdialog')).getByText('Remove'));
    await waitFor(() => expect(form().getAllByTestId('key')).toHaveLength(1));
    expect(called(fake, 'plugin:keys|remove')[0]?.params).toEqual({ id: 'k1' });
  });
});

describe('providers', () => {
  it('are added by base URL; a refusal is said and nothing typed is lost', async () => {
    const { fake, user } = await open();
    await user.click(screen.getByTestId('settings'));
    await user.click(screen.getByTestId('provider-add'));
    await user.type(screen.getByTestId('provider-base-url'), 'http://192.168.1.5:8000/v1');
    await user.click(screen.getByTestId('provider-save'));
    expect((await screen.findByTestId('provider-error')).textContent).toContain('unencrypted');
    expect(screen.getByTestId<HTMLInputElement>('provider-base-url').value).toContain('8000');
    await user.click(screen.getByTestId('provider-private'));
    await user.click(screen.getByTestId('provider-save'));
    await waitFor(() => expect(screen.getAllByTestId('provider')).toHaveLength(4));
    expect(called(fake, 'plugin:providers|add').at(-1)?.params).toEqual({
      name: '',
      baseUrl: 'http://192.168.1.5:8000/v1',
      allowPrivate: true,
    });
  });
});
