import { cleanup, screen, waitFor, within } from '@testing-library/svelte';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Provider } from '$lib/ipc/contract/Provider';
import { errorOf } from '$lib/ipc/fake/messages';
import { everyProvider, model, provider } from '$lib/ipc/fake/providers';
import { world } from '$lib/ipc/fake/scenes';
import { loadParts, openPage } from './test-page';

beforeAll(loadParts, 120_000);
afterEach(cleanup);

describe('a list of models', () => {
  const states = () => screen.getAllByTestId('model-trouble');
  const troubleOf = (id: string) => states().find(({ dataset }) => dataset.provider === id)!;
  const retryOf = (id: string) => within(troubleOf(id)).getByRole('button');
  const near = (id: string) => everyProvider().find((one) => one.id === id)!;

  /** Demo, two servers nearby, and one that the person added. */
  async function picker(prepare: (made: ReturnType<typeof world>) => void = () => {}) {
    const made = world();
    const own = { builtin: false, needsKey: false };
    made.providers = [
      everyProvider()[0]!,
      near('ollama'),
      near('lmstudio'),
      provider('custom-1', 'Mine', null, 'https://mine.example/v1', [], own),
    ];
    prepare(made);
    const opened = await openPage(made);
    await opened.user.click(screen.getByTestId('model-picker'));
    await screen.findByTestId('model-search');
    return opened;
  }

  it('of servers nearby that do not run is one line, which says how each is started', async () => {
    const { fake, user } = await picker();
    const line = await screen.findByTestId('models-resting');
    await waitFor(() => expect(line.textContent?.trim()).toBe('Not running: Ollama, LM Studio'));
    expect(screen.queryByRole('columnheader', { name: /Ollama/ })).toBeNull();
    await user.click(line);
    expect(troubleOf('ollama').textContent).toContain('ollama serve');
    expect(troubleOf('lmstudio').textContent).toContain('lms server start');
    // It stays folded while it is asked again, and has its own section once it runs.
    await user.click(retryOf('ollama'));
    await waitFor(() => expect(troubleOf('ollama').textContent).toContain('ollama serve'));
    fake.world.running = { ollama: [model('qwen3-vl:8b')] };
    await user.click(retryOf('ollama'));
    await waitFor(() => expect(screen.getByText('qwen3-vl:8b')).toBeTruthy());
    expect(screen.getByTestId('models-resting').textContent?.trim()).toBe('Not running: LM Studio');
  });

  it('of a server nearby that does not run is found by its name', async () => {
    const { user } = await picker(({ providers }) => {
      providers[1]!.models = [model('llava')];
    });
    await screen.findByTestId('models-resting');
    await user.type(screen.getByTestId('model-search'), 'ollama');
    expect(troubleOf('ollama').textContent).toContain('ollama serve');
    expect(screen.queryByTestId('models-resting')).toBeNull();
  });

  it('that is empty, fetched, failed or not there says so', async () => {
    const { fake } = await picker(({ providers }) => {
      providers[3]!.modelsState = { type: 'unlisted' };
    });
    await waitFor(() => expect(troubleOf('custom-1').textContent).toContain('type a model ID'));
    const told = (modelsState: Provider['modelsState']) =>
      fake.emit('provider', { provider: { ...fake.world.providers[3]!, modelsState } });
    told({ type: 'listing' });
    await waitFor(() => expect(screen.getByText(/Asking Mine/)).toBeTruthy());
    told({ type: 'failed', error: errorOf('provider_down', 'x') });
    await waitFor(() => expect(troubleOf('custom-1').textContent).toContain('could not be listed'));
    expect(retryOf('custom-1').textContent).toContain('Retry');
    told({ type: 'listed' });
    await waitFor(() => expect(troubleOf('custom-1').textContent).toContain('type a model ID'));
  });

  it('stands so in the settings, too: no count of nothing', async () => {
    const made = world();
    made.providers = [provider('custom-1', 'Mine', null, 'http://127.0.0.1:9/v1', [])];
    Object.assign(made.providers[0]!, { builtin: false, needsKey: false, local: true });
    const { fake, user } = await openPage(made);
    await user.click(screen.getByTestId('settings'));
    await screen.findByTestId('provider-add');
    const button = () => screen.getByTestId('provider-models');
    expect(button().textContent).toContain('Models not fetched yet');
    const told = (modelsState: Provider['modelsState']) =>
      fake.emit('provider', { provider: { ...fake.world.providers[0]!, modelsState } });
    told({ type: 'not_running' });
    await waitFor(() => expect(button().textContent).toContain('Not running'));
    await user.click(button());
    expect(screen.getByTestId('models-trouble').textContent).toContain('http://127.0.0.1:9/v1');
    told({ type: 'listed' });
    await waitFor(() => expect(button().textContent).toContain('Lists no models'));
    await user.click(screen.getByTestId('models-refresh'));
    await waitFor(() => expect(button().textContent).toContain('Lists no models'));
  });
});
