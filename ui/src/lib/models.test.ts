import { describe, expect, it } from 'vitest';
import { model } from '$lib/ipc/fake/providers';
import { saidOf } from './models';

describe('what was said of a model', () => {
  it('is the person’s own word only where they said it', () => {
    const known = { image: true, imageBy: 'user', video: true, videoBy: 'server' } as const;
    expect(saidOf(model('seed', { ...known, favourite: true }))).toEqual({
      label: null,
      favourite: true,
      image: true,
      video: null,
      reasoning: null,
      defaults: null,
    });
  });
});
