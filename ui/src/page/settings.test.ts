import { cleanup, render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Fake, type World } from '$lib/ipc/fake';
import { errorOf } from '$lib/ipc/fake/messages';
import { everyProvider, model, provider } from '$lib/ipc/fake/providers';
import { keyring, scene, world } from '$lib/ipc/fake/scenes';
import App from './App.svelte';
import { called, loadParts, openPage as open } from './test-page';

beforeAll(loadParts, 120_000);
afterEach(cleanup);

async function settings(made: World) {
  const opened = await open(made);
  await opened.user.click(screen.getByTestId('settings'));
  await screen.findByTestId('provider-add');
  return opened;
}

const busy = () => scene('manykeys', 'en').world;
const cards = () => screen.getAllByTestId('provider');
const card = (id: string) => within(cards().find(({ dataset }) => dataset.provider === id)!);
const field = (id: string) => screen.getByTestId<HTMLInputElement>(id);

describe('many providers', () => {
  it('come with those first that can be asked; a search narrows them, in either language', async () => {
    const { user } = await settings(busy());
    const ids = () => cards().map(({ dataset }) => dataset.provider);
    expect(ids().slice(0, 4)).toEqual(['demo', 'chenyu', 'openrouter', 'anyfast']);
    expect(ids()).toHaveLength(18);
    await user.type(screen.getByTestId('provider-search'), '通义');
    expect(ids()).toEqual(['qwen']);
    await user.type(screen.getByTestId('provider-search'), 'zzz');
    expect(screen.getByText('No provider matches “通义zzz”.')).toBeTruthy();
  });

  it('have Chinese names in Chinese, and links to their pages', async () => {
    const made = busy();
    made.hello.locale = 'zh-CN';
    const { fake, user } = await settings(made);
    expect(screen.getByLabelText('月之暗面')).toBeTruthy();
    await user.click(card('moonshot').getByText('文档'));
    await user.click(card('moonshot').getByText('打开密钥页'));
    expect(called(fake, 'plugin:desktop|open').map(({ params }) => params)).toEqual([
      { url: 'https://api.moonshot.cn/docs' },
      { url: 'https://api.moonshot.cn/keys' },
    ]);
  });

  it('stay under the hand when they get their first key', async () => {
    const { user } = await settings(busy());
    const before = cards().map(({ dataset }) => dataset.provider);
    await user.type(card('openai').getByTestId('key-input'), 'sk-0123456789abcdef');
    await user.click(card('openai').getByTestId('key-save'));
    await waitFor(() => expect(card('openai').getAllByTestId('key')).toHaveLength(1));
    expect(card('openai').getByText('Saved.')).toBeTruthy();
    expect(cards().map(({ dataset }) => dataset.provider)).toEqual(before);
  });
});

describe('keys found in the keyring', () => {
  const rows = () => screen.queryAllByTestId('orphan-key');
  const left = () => settings(scene('orphans', 'en').world);

  it('are not spoken of where there are none', async () => {
    const { fake } = await settings(world());
    await waitFor(() => expect(called(fake, 'plugin:keys|orphans')).toHaveLength(1));
    expect(rows()).toHaveLength(0);
    expect(screen.queryByText('Keys found in the keyring')).toBeNull();
  });

  it('are not looked for while the keyring is locked, but once it is open', async () => {
    const made = scene('orphans', 'en').world;
    made.keyring = keyring({ state: 'locked', reason: 'locked' });
    const { fake, user } = await settings(made);
    const retry = await screen.findByTestId('keyring-retry');
    expect(called(fake, 'plugin:keys|orphans')).toHaveLength(0);
    made.keyring = keyring({ state: 'ready' });
    await user.click(retry);
    await waitFor(() => expect(rows()).toHaveLength(2));
  });

  it('are given to a provider that is where they were entered for, under a name', async () => {
    const { fake, user } = await left();
    await waitFor(() => expect(rows()).toHaveLength(2));
    const [first, second] = rows().map((row) => within(row));
    expect(second!.getByText(/No provider uses https:\/\/gateway\.example\.com:8443/)).toBeTruthy();
    expect(second!.queryByTestId('orphan-adopt')).toBeNull();
    expect(first!.getByText('Key for api.chenyu.cn')).toBeTruthy();
    await user.type(first!.getByTestId('orphan-label'), ' work ');
    await user.click(first!.getByTestId('orphan-adopt'));
    await waitFor(() => expect(rows()).toHaveLength(1));
    expect(called(fake, 'plugin:keys|adopt').map(({ params }) => params)).toEqual([
      { id: 'o1', origin: 'https://api.chenyu.cn', provider: 'chenyu', label: 'work' },
    ]);
    expect(card('chenyu').getAllByTestId('key')[0]!.textContent).toContain('f00d');
  });

  it('fit a provider that is added, and the one of several that is chosen', async () => {
    const made = scene('orphans', 'en').world;
    made.providers.push(
      provider('twin', 'Twin', null, 'https://api.chenyu.cn/v2', [], { builtin: false }),
    );
    const { fake, user } = await settings(made);
    await waitFor(() => expect(rows()).toHaveLength(2));
    await user.selectOptions(within(rows()[0]!).getByTestId('orphan-provider'), 'twin');
    await user.click(within(rows()[0]!).getByTestId('orphan-adopt'));
    await waitFor(() => expect(rows()).toHaveLength(1));
    expect(called(fake, 'plugin:keys|adopt')[0]?.params).toMatchObject({ provider: 'twin' });

    await user.click(screen.getByTestId('provider-add'));
    await user.type(screen.getByTestId('provider-base-url'), 'https://gateway.example.com:8443/v1');
    await user.click(screen.getByTestId('provider-save'));
    expect(await within(rows()[0]!).findByTestId('orphan-adopt')).toBeTruthy();
  });

  it('are removed only when that is confirmed', async () => {
    const { fake, user } = await left();
    await waitFor(() => expect(rows()).toHaveLength(2));
    await user.click(within(rows()[1]!).getByTestId('orphan-discard'));
    const asked = await screen.findByRole('alertdialog');
    expect(asked.textContent).toContain('gateway.example.com:8443');
    expect(called(fake, 'plugin:keys|discard')).toHaveLength(0);
    await user.click(within(asked).getByText('Remove'));
    await waitFor(() => expect(rows()).toHaveLength(1));
    expect(called(fake, 'plugin:keys|discard').map(({ params }) => params)).toEqual([
      { id: 'o2', origin: 'https://gateway.example.com:8443' },
    ]);
  });

  it('that are gone meanwhile are said to be, and go from the list', async () => {
    const { fake, user } = await left();
    await waitFor(() => expect(rows()).toHaveLength(2));
    fake.world.orphans = [];
    await user.click(within(rows()[0]!).getByTestId('orphan-adopt'));
    await waitFor(() => expect(rows()).toHaveLength(0));
    expect(await screen.findByTestId('notice')).toBeTruthy();
  });
});

describe('a provider plugin', () => {
  const editor = () => field('manifest-json');

  it('that is refused shows file, field and reason, and keeps every word', async () => {
    const { fake, user } = await settings(world());
    await user.click(screen.getByTestId('provider-add'));
    await user.click(screen.getByLabelText('JSON'));
    await user.clear(editor());
    await user.paste('{ "id": "mine", "name": "Mine", "base_url": "nowhere" }');
    await user.click(screen.getByTestId('manifest-save'));
    const words = (await screen.findByTestId('manifest-error')).textContent;
    for (const word of ['provider.json', 'base_url', 'is not a web address'])
      expect(words).toContain(word);
    expect(editor().value).toContain('nowhere');
    // Neither Escape nor leaving the settings loses it.
    await user.type(editor(), '{Escape}');
    expect(editor().value).toContain('nowhere');
    await user.click(screen.getByTestId('settings'));
    await user.click(screen.getByTestId('settings'));
    expect((await screen.findByTestId<HTMLInputElement>('manifest-json')).value).toContain(
      'nowhere',
    );
    await user.clear(editor());
    await user.paste('{ "id": "mine", "name": "Mine", "base_url": "https://mine.example/v1" }');
    await user.click(screen.getByTestId('manifest-save'));
    await waitFor(() => expect(cards()).toHaveLength(4));
    expect(screen.queryByTestId('manifest-json')).toBeNull();
    expect(fake.world.providers.at(-1)?.baseUrl).toBe('https://mine.example/v1');
  });

  it('is thrown away only on purpose', async () => {
    const { user } = await settings(world());
    await user.click(screen.getByTestId('provider-add'));
    await user.click(screen.getByLabelText('JSON'));
    await user.type(editor(), 'x');
    await user.click(screen.getByText('Discard changes'));
    await user.click(screen.getByTestId('provider-add'));
    await user.click(screen.getByLabelText('JSON'));
    expect(editor().value).not.toContain('x{');
    expect(editor().value.endsWith('}\n')).toBe(true);
  });

  it('of a built-in provider is edited as a copy, and exported', async () => {
    const { fake, user } = await settings(world());
    await user.click(card('chenyu').getByTestId('provider-more'));
    expect(screen.queryByTestId('provider-json')).toBeNull();
    await user.click(await screen.findByTestId('provider-copy'));
    await waitFor(() => expect(editor().value).toContain('"chenyu-copy"'));
    expect(called(fake, 'plugin:providers|copy')[0]?.params).toEqual({ id: 'chenyu' });
    await user.click(screen.getByTestId('manifest-save'));
    await waitFor(() => expect(screen.queryByTestId('manifest-json')).toBeNull());
    expect(called(fake, 'plugin:providers|save')[0]?.params).toMatchObject({ id: 'chenyu-copy' });
    await user.click(card('chenyu').getByTestId('provider-more'));
    await user.click(await screen.findByTestId('provider-export'));
    expect(called(fake, 'plugin:providers|export')[0]?.params).toEqual({ id: 'chenyu' });
  });

  it('comes from a file; a refused one says why, right there', async () => {
    const { fake, user } = await settings(world());
    const refused = { file: 'bad.json', field: 'limits.image_bytes', reason: 'must be above 0' };
    fake.plugins = { added: [], refused: [errorOf('manifest', 'x', refused)] };
    await user.click(screen.getByTestId('provider-add'));
    await user.click(screen.getByLabelText('File'));
    await user.click(screen.getByTestId('provider-import'));
    const words = (await screen.findByTestId('plugin-refused')).textContent;
    for (const word of Object.values(refused)) expect(words).toContain(word);
  });

  it('that was dropped is told, with the next step; the list has it', async () => {
    const made = world();
    const { fake, user } = await open(made);
    const added = provider('mine', 'Mine', null, 'https://mine.example/v1', [], { builtin: false });
    made.providers = [...made.providers, added];
    const bad = { file: 'bad.json', field: 'id', reason: 'is missing' };
    fake.emit('plugins', { added: [added], refused: [errorOf('manifest', 'x', bad)] });
    await waitFor(() => expect(screen.getAllByTestId('notice')).toHaveLength(2));
    const [good, refused] = screen.getAllByTestId('notice');
    expect(good?.textContent).toContain('Added provider Mine.');
    for (const word of Object.values(bad)) expect(refused?.textContent).toContain(word);
    await user.click(screen.getByTestId('plugin-key'));
    await screen.findByTestId('provider-add');
    expect(document.activeElement).toBe(card('mine').getByTestId('key-input'));
    expect(screen.queryByTestId('notice')).toBeNull();
  });
});

describe('several keys', () => {
  const order = () =>
    card('chenyu')
      .getAllByTestId('key')
      .map(({ dataset }) => dataset.key);

  it('are put in order with the keyboard; the first is the one in use', async () => {
    const { fake, user } = await settings(busy());
    expect(order()).toEqual(['k1', 'k2', 'k3']);
    card('chenyu').getByLabelText('Move Key …5d20 up').focus();
    await user.keyboard('{Enter}');
    await waitFor(() => expect(order()).toEqual(['k1', 'k3', 'k2']));
    expect(document.activeElement?.getAttribute('aria-label')).toBe('Move Key …5d20 up');
    await user.keyboard('{Enter}');
    await waitFor(() => expect(order()).toEqual(['k3', 'k1', 'k2']));
    expect(called(fake, 'plugin:keys|order').at(-1)?.params).toEqual({
      provider: 'chenyu',
      ids: ['k3', 'k1', 'k2'],
    });
    expect(card('chenyu').getAllByTestId('key')[0]?.textContent).toContain('in use');
    expect(card('chenyu').getAllByTestId<HTMLButtonElement>('key-up')[0]?.disabled).toBe(true);
  });

  it('say why one rests and until when', async () => {
    await settings(busy());
    const words = card('chenyu').getByTestId('key-rests').textContent;
    expect(words).toContain('Rate limit: paused until');
    expect(words).toMatch(/\d\d:\d\d:\d\d/);
  });

  it('take over on a rate limit only where that is wanted', async () => {
    const { fake, user } = await settings(busy());
    expect(card('openrouter').queryByTestId('share-rate-limit')).toBeNull();
    await user.click(card('chenyu').getByTestId('share-rate-limit'));
    expect(called(fake, 'plugin:providers|share_rate_limit')[0]?.params).toEqual({
      id: 'chenyu',
      on: true,
    });
  });

  it('are tested step by step, and shown a picture on request', async () => {
    const { fake, user } = await settings(busy());
    const row = within(card('chenyu').getAllByTestId('key')[0]!);
    await user.click(row.getByTestId('key-test'));
    const words = (await row.findByTestId('key-test-report')).textContent;
    for (const word of ['Reachable', 'Key accepted', 'lists 42 models', '0.23 s'])
      expect(words).toContain(word);
    expect(row.getByText('Costs a few tokens.')).toBeTruthy();
    expect(called(fake, 'plugin:keys|probe')).toHaveLength(0);
    await user.selectOptions(row.getByTestId('probe-model'), 'qwen3-vl-235b-a22b');
    await user.click(row.getByTestId('key-probe'));
    const said = (await row.findByTestId('key-probe-report')).textContent;
    for (const word of ['It sees the picture', 'Three red circles.', '1.24 s', '96 → 5 tokens'])
      expect(said).toContain(word);
    expect(called(fake, 'plugin:keys|probe')[0]?.params).toEqual({
      provider: 'chenyu',
      id: 'k1',
      model: 'qwen3-vl-235b-a22b',
    });
    fake.keyProbe = { ...fake.keyProbe, sees: false, answer: 'I see a cat.' };
    await user.click(row.getByTestId('key-probe'));
    await waitFor(() => expect(row.getByTestId('key-probe-report').dataset.result).toBe('blind'));
  });
});

describe('a provider’s models', () => {
  async function panel() {
    const opened = await settings(busy());
    await opened.user.click(card('chenyu').getByTestId('provider-models'));
    const row = (id: string) =>
      within(screen.getAllByTestId('model-row').find(({ dataset }) => dataset.model === id)!);
    return { ...opened, row };
  }

  it('take the person’s word, and say whose word it is', async () => {
    const { fake, user, row } = await panel();
    const deepseek = () => row('deepseek-v3-2');
    expect(deepseek().getByText('refused one before')).toBeTruthy();
    await user.selectOptions(deepseek().getByTestId('model-image'), 'yes');
    await waitFor(() => expect(deepseek().getByText('set by you')).toBeTruthy());
    expect(called(fake, 'plugin:providers|set_model')[0]?.params).toEqual({
      provider: 'chenyu',
      model: 'deepseek-v3-2',
      label: null,
      favourite: false,
      image: true,
      video: null,
      reasoning: null,
      defaults: null,
    });
  });

  it('take a name of the person’s own, and give it back', async () => {
    const { fake, user, row } = await panel();
    const deepseek = () => row('deepseek-v3-2');
    const name = async (typed: string) => {
      await user.click(deepseek().getByTestId('model-rename'));
      const field = await deepseek().findByLabelText('Name for deepseek-v3-2');
      await user.clear(field);
      await user.type(field, `${typed}{Enter}`);
    };
    await name('Our reader');
    await waitFor(() => expect(deepseek().getByText('Our reader')).toBeTruthy());
    expect(deepseek().getByText('deepseek-v3-2')).toBeTruthy();
    await name('');
    await waitFor(() => expect(deepseek().queryByText('Our reader')).toBeNull());
    const labels = called(fake, 'plugin:providers|set_model').map(
      ({ params }) => (params as { label: string | null }).label,
    );
    expect(labels).toEqual(['Our reader', null]);
  });

  it('are fetched again, and say when; a failure is said there', async () => {
    const { fake, user } = await panel();
    const words = () => screen.getByTestId('models-panel').textContent;
    expect(words()).toContain('fetched 2 hours ago');
    fake.failNext.set('plugin:providers|models', errorOf('rate_limit', 'x'));
    await user.click(screen.getByTestId('models-refresh'));
    expect((await screen.findByTestId('models-error')).textContent).toContain('Too many requests');
    await user.click(screen.getByTestId('models-refresh'));
    await waitFor(() => expect(words()).toContain('fetched this minute'));
    expect(screen.queryByTestId('models-error')).toBeNull();
  });

  it('draw no more rows than can be seen', async () => {
    const { user } = await settings(busy());
    await user.click(card('openrouter').getByTestId('provider-models'));
    expect(screen.getAllByTestId('model-row').length).toBeLessThan(40);
  });
});

describe('the model picker', () => {
  const options = () => screen.getAllByTestId('model-option');
  const ids = () => options().map(({ dataset }) => `${dataset.provider}/${dataset.model}`);

  async function picker(made = busy()) {
    const opened = await open(made);
    await opened.user.click(screen.getByTestId('model-picker'));
    await screen.findByTestId('model-search');
    return opened;
  }

  it('begins with favourites and recent ones, and draws only what is in view', async () => {
    await picker();
    expect(ids().slice(0, 2)).toEqual([
      'chenyu/doubao-seed-2-0-lite-260428',
      'chenyu/doubao-seed-1-6-vision-250815',
    ]);
    expect(screen.getByText('Favourites')).toBeTruthy();
    expect(screen.getByText('Recent')).toBeTruthy();
    expect(options().length).toBeLessThan(40);
  });

  it('shows marks, context and price; what is not known has none', async () => {
    await picker();
    const [first] = options();
    for (const name of ['Accepts pictures', 'Accepts videos', 'Thinks before answering'])
      expect(within(first!).getByRole('img', { name })).toBeTruthy();
    expect(first!.textContent).toContain('256k · $0.25 / $2.00 per 1M');
    const unknown = options().find(({ dataset }) => dataset.model === 'glm-4-7')!;
    expect(within(unknown).queryByRole('img')).toBeNull();
    expect(unknown.textContent).toContain('not known: pictures allowed');
  });

  it('is searched over every provider, moved in with arrows, and closed by Escape', async () => {
    const { fake, user } = await picker();
    await user.keyboard('gpt 5.2');
    expect(ids()[0]).toBe('openai/gpt-5.2');
    await user.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByTestId('model-search')).toBeNull());
    expect(called(fake, 'plugin:settings|set')).toHaveLength(0);
    await user.click(screen.getByTestId('model-picker'));
    await user.type(await screen.findByTestId('model-search'), 'chenyu{ArrowDown}{ArrowDown}');
    const marked = options().find((option) => option.getAttribute('aria-selected') === 'true');
    expect(marked?.id).toBe(
      screen.getByTestId('model-search').getAttribute('aria-activedescendant'),
    );
    await user.keyboard('{Enter}');
    await waitFor(() => expect(called(fake, 'plugin:settings|set')).toHaveLength(1));
    expect(fake.world.settings.model).toBe(marked?.dataset.model);
  });

  it('marks a favourite, and keeps what else was said of it', async () => {
    const { fake, user } = await picker();
    await user.keyboard('qwen3-vl-235b-a22b');
    const row = options().find(({ dataset }) => dataset.provider === 'chenyu')!;
    await user.click(within(row).getByTestId('model-favourite'));
    expect(called(fake, 'plugin:providers|set_model')[0]?.params).toMatchObject({
      model: 'qwen3-vl-235b-a22b',
      favourite: true,
      image: true,
      video: null,
    });
    await waitFor(() => expect(screen.getByText('Favourites')).toBeTruthy());
    expect(called(fake, 'plugin:settings|set')).toHaveLength(0);
  });

  it('says why a list could not be fetched, and asks again', async () => {
    const made = world();
    made.providers = [everyProvider()[0]!, provider('one', 'One', null, 'https://one.example', [])];
    made.providers[1]!.needsKey = false;
    made.settings.provider = 'one';
    const fake = new Fake(made, { manual: true });
    fake.failNext.set('plugin:providers|models', errorOf('provider_down', 'x'));
    render(App, { backend: fake });
    const user = userEvent.setup();
    await user.click(await screen.findByTestId('model-picker'));
    const retry = await screen.findByText('Retry');
    made.providers[1]!.models = [model('come')];
    await user.click(retry);
    await waitFor(() => expect(ids()).toContain('one/come'));
  });
});

describe('the network', () => {
  async function network() {
    const opened = await settings(world());
    await opened.user.click(screen.getByTestId('tab-network'));
    return opened;
  }

  it('goes through a proxy once it has an address; a refused one is said at its field', async () => {
    const { fake, user } = await network();
    await user.click(screen.getByLabelText('Manual'));
    expect(called(fake, 'plugin:settings|set')).toHaveLength(0);
    fake.failNext.set(
      'plugin:settings|set',
      errorOf('parameter', 'x', { parameter: 'proxy', range: 'an address' }),
    );
    await user.type(field('proxy-url'), 'nonsense{Enter}');
    expect((await screen.findByTestId('network-error')).textContent).toContain('such as http://');
    expect(field('proxy-url').value).toBe('nonsense');
    expect(fake.world.settings.network.proxy).toBe('system');
    await user.clear(field('proxy-url'));
    await user.type(field('proxy-url'), 'socks5h://127.0.0.1:1080{Enter}');
    await waitFor(() => expect(screen.queryByTestId('network-error')).toBeNull());
    expect(fake.world.settings.network).toMatchObject({
      proxy: 'manual',
      proxyUrl: 'socks5h://127.0.0.1:1080',
    });
  });

  it('stores the proxy’s password one way', async () => {
    const { fake, user } = await network();
    fake.world.settings.network.proxyUrl = 'http://127.0.0.1:7890';
    await user.click(screen.getByLabelText('Manual'));
    await user.type(field('proxy-url'), 'http://127.0.0.1:7890{Enter}');
    await user.type(field('proxy-password'), 'canary-word');
    await user.click(screen.getByTestId('proxy-password-save'));
    await waitFor(() => expect(screen.getByTestId('proxy-password-remove')).toBeTruthy());
    expect(field('proxy-password').value).toBe('');
    expect(document.documentElement.outerHTML).not.toContain('canary-word');
    await user.click(screen.getByTestId('proxy-password-remove'));
    expect(called(fake, 'plugin:settings|set_proxy_password').at(-1)?.params).toEqual({
      password: null,
    });
  });

  it('trusts a certificate file, and none again', async () => {
    const { user } = await network();
    await user.click(screen.getByTestId('ca-choose'));
    expect((await screen.findByTestId('ca-file')).textContent).toContain('company-ca.pem');
    await user.click(screen.getByTestId('ca-clear'));
    await waitFor(() => expect(screen.queryByTestId('ca-file')).toBeNull());
  });

  it('shows a fault of the silence at its field, and does not keep it', async () => {
    const { fake, user } = await network();
    fake.failNext.set(
      'plugin:settings|set',
      errorOf('parameter', 'x', { parameter: 'idle_seconds', range: '30 to 3600' }),
    );
    await user.clear(field('idle-seconds'));
    await user.type(field('idle-seconds'), '5{Enter}');
    expect((await screen.findByTestId('network-error')).textContent).toContain('30 to 3,600');
    expect(fake.world.settings.network.idleSeconds).toBe(300);
  });
});
