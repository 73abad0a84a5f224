import { cleanup, render, screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Fake } from '$lib/ipc/fake';
import { pictures, scene } from '$lib/ipc/fake/scenes';
import { failure } from '$lib/ipc/fake/states';
import { areaOf, middle, moved } from '$lib/marks';
import App from './App.svelte';
import { called, loadParts } from './test-parts';

beforeAll(loadParts, 120_000);
afterEach(cleanup);

const master = { width: 4032, height: 2688 };

/** Opens the page, and the preview of an attachment. */
async function open(id: string) {
  const fake = new Fake(scene('tall', 'en').world, { manual: true });
  render(App, { backend: fake });
  await waitFor(() => expect(called(fake, 'plugin:desktop|ready')).toHaveLength(1));
  const user = userEvent.setup();
  const card = (await screen.findAllByTestId('attachment')).find((one) => one.dataset.id === id)!;
  await user.click(card.querySelector<HTMLElement>('.thumb')!);
  await screen.findByTestId('picture-preview');
  return { fake, user };
}

const shown = () => screen.getByTestId('preview-stage').querySelector('img')!.src;
const facts = () => screen.getByTestId('preview-facts').textContent;

describe('the preview', () => {
  it('opens on what the model sees, beside what was given', async () => {
    const { user } = await open('t2');
    expect(shown()).toBe(pictures.photo);
    expect(facts()).toContain('4032 × 2688 → 2048 × 1365, 188 KB');
    await user.click(screen.getByTestId('preview-given'));
    expect(shown()).toBe(pictures.photomaster);
    await user.click(screen.getByTestId('preview-seen'));
    expect(shown()).toBe(pictures.photo);
  });

  it('pages through the pieces of a long picture, then to the next', async () => {
    const { fake, user } = await open('t1');
    expect(shown()).toBe(pictures.tall1);
    expect(facts()).toContain('Piece 1 of 3, 1080 × 2048');
    await user.keyboard('{ArrowRight}{ArrowRight}');
    expect(shown()).toBe(pictures.tall3);
    await user.keyboard('{ArrowRight}');
    expect(shown()).toBe(pictures.photo);
    await user.keyboard('{ArrowLeft}');
    await user.click(screen.getByTestId('preview-whole'));
    await waitFor(() => expect(shown()).toBe(pictures.tall));
    expect(called(fake, 'plugin:images|options')[0]!.params).toMatchObject({
      id: 't1',
      options: { whole: true, original: false },
    });
    await user.click(screen.getByTestId('preview-whole'));
    expect(called(fake, 'plugin:images|options')[1]!.params).toMatchObject({
      options: { whole: false },
    });
  });

  it('zooms by keys, and fits again', async () => {
    const { user } = await open('t2');
    const zoom = () => screen.getByTestId('preview-zoom').textContent;
    expect(zoom()).toContain('Fit');
    await user.keyboard('1');
    await waitFor(() => expect(zoom()?.trim()).toBe('100%'));
    await user.keyboard('+');
    await waitFor(() => expect(zoom()?.trim()).toBe('125%'));
    await user.keyboard('0');
    await waitFor(() => expect(zoom()).toContain('Fit'));
  });

  it('sends the original, or says why not', async () => {
    const { fake, user } = await open('t2');
    fake.failNext.set('plugin:images|options', failure('too_large'));
    await user.click(screen.getByTestId('preview-original'));
    await screen.findByText(/more than the 20 MB the provider accepts/);
    expect(screen.getByTestId<HTMLInputElement>('preview-original').checked).toBe(false);
    expect(shown()).toBe(pictures.photo);
    await user.click(screen.getByTestId('preview-original'));
    await waitFor(() => expect(shown()).toBe(pictures.photomaster));
    expect(screen.queryByText(/the provider accepts/)).toBeNull();
  });

  it('asks about a part, drawn by keys, as a picture after the whole', async () => {
    const { fake, user } = await open('t2');
    await user.click(screen.getByTestId('crop-tool'));
    expect(shown()).toBe(pictures.photomaster);
    await user.keyboard('{Enter}');
    screen.getByTestId('crop-tool').focus();
    await user.keyboard('{Escape}');
    expect(screen.queryByTestId('crop-ask')).toBeNull();
    screen.getByTestId('preview-stage').focus();
    await user.keyboard('{Enter}{ArrowRight}{Shift>}{ArrowDown}{/Shift}');
    await user.click(screen.getByTestId('crop-ask'));
    const right = moved(middle(master), { x: 40, y: 0 }, master, false);
    const area = areaOf(moved(right, { x: 0, y: 40 }, master, true));
    expect(called(fake, 'plugin:images|crop')[0]!.params).toEqual({ id: 't2', area });
    const ids = () => screen.getAllByTestId('attachment').map(({ dataset }) => dataset.id);
    await waitFor(() => expect(ids()).toEqual(['t1', 't2', 'part-1', 't3', 't4']));
    expect(screen.getByTestId('picture-preview')).toBeTruthy();
  });

  it('draws marks, takes the last back, and clears them', async () => {
    const { fake, user } = await open('t2');
    const marks = () =>
      (
        called(fake, 'plugin:images|options').at(-1)!.params as {
          options: { marks: { type: string }[] };
        }
      ).options.marks.map(({ type }) => type);
    await user.click(screen.getByTestId('mark-arrow'));
    await user.keyboard('{Enter}{Enter}');
    expect(marks()).toEqual(['arrow']);
    await user.click(screen.getByTestId('mark-blur'));
    await user.keyboard('{Enter}{ArrowDown}{Enter}');
    await user.click(screen.getByTestId('mark-frame'));
    await user.keyboard('{Enter}{Enter}');
    expect(marks()).toEqual(['arrow', 'blur', 'frame']);
    await user.keyboard('{Control>}z{/Control}');
    expect(marks()).toEqual(['arrow', 'blur']);
    // Escape leaves the tool before it leaves the preview.
    await user.keyboard('{Escape}');
    expect(shown()).toBe(pictures.photo);
    await user.click(screen.getByTestId('mark-clear'));
    expect(marks()).toEqual([]);
    await user.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByTestId('picture-preview')).toBeNull());
  });
});
