import { describe, expect, it } from 'vitest';
import { lineOfField } from './lineOfField';

const json = `{
  "id": "mine",
  "models": [
    { "id": "a" },
    { "id": "b", "inputs": ["text"] }
  ],
  "limits": {
    "image_bytes": 0
  }
}`;

describe('the line of a refused field', () => {
  it('is found by its path', () => {
    expect(lineOfField(json, 'id', 'is taken')).toBe(2);
    expect(lineOfField(json, 'limits.image_bytes', 'must be above 0')).toBe(8);
    expect(lineOfField(json, 'models[1].inputs', 'has no image')).toBe(5);
  });

  it('is the one that the reason names', () => {
    expect(lineOfField(json, '', 'expected `,` at line 4 column 7')).toBe(4);
  });

  it('is that of what holds it, where the field is missing; none where nothing is there', () => {
    expect(lineOfField(json, 'limits.links', 'must be a boolean')).toBe(7);
    expect(lineOfField(json, 'base_url', 'is missing')).toBeNull();
  });
});
