import { describe, expect, it } from 'vitest';
import { model } from '$lib/ipc/fake/providers';
import { contextText, dollars, modelFacts } from './models';

describe('what is known of a model', () => {
  it('is one line; what is not known says that it is allowed', () => {
    const known = { image: true, context: 262_144, priceIn: 0.25, priceOut: 2 };
    expect(modelFacts(model('seed', known), 'Chenyu')).toBe('Chenyu · 256k · $0.25 / $2.00 per 1M');
    expect(modelFacts(model('seed', { ...known, name: 'Seed', priceIn: null }), null)).toBe(
      'seed · 256k',
    );
    expect(modelFacts(model('seed'), null)).toBe('not known: pictures allowed');
    expect(modelFacts(model('seed', { image: false }), null)).toBe('');
  });

  it('has round numbers', () => {
    expect([131_072, 400_000, 1_048_576, 1_000_000, 8192, 2_500_000].map(contextText)).toEqual([
      '128k',
      '400k',
      '1M',
      '1M',
      '8k',
      '2.5M',
    ]);
    expect([0.25, 2, 0.075, 0.0125, 15].map(dollars)).toEqual([
      '$0.25',
      '$2.00',
      '$0.075',
      '$0.0125',
      '$15.00',
    ]);
  });
});
