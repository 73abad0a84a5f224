import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

/** The tokens as they are served. */
const css = readFileSync('src/app.css', 'utf8');
const tokens = new Map(
  [...css.slice(0, css.indexOf('\n}')).matchAll(/--([\w-]+):\s*([^;]+);/g)].map(
    ([, name, value]) => [name!, value!.trim()] as const,
  ),
);

type Theme = 'light' | 'dark';
type Colour = [red: number, green: number, blue: number, alpha: number];

/** The arguments of a CSS function, those of functions in it unsplit. */
function argumentsOf(text: string): string[] {
  const inside = text.slice(text.indexOf('(') + 1, -1);
  return inside.split(/,(?![^(]*\))/).map((part) => part.trim());
}

/** A colour of the tokens: hex, `rgb()`, `light-dark()`, `color-mix()` in sRGB, `var()`. */
function colour(text: string, theme: Theme): Colour {
  if (text === 'transparent') return [0, 0, 0, 0];
  if (text.startsWith('#')) {
    const at = (from: number) => parseInt(text.slice(from, from + 2), 16);
    return [at(1), at(3), at(5), 1];
  }
  if (text.startsWith('var(')) return token(text.slice(6, -1), theme);
  if (text.startsWith('rgb(')) {
    const [red, green, blue, alpha = 1] = text.match(/[\d.]+/g)!.map(Number);
    return [red!, green!, blue!, alpha];
  }
  if (text.startsWith('light-dark(')) {
    const [light, dark] = argumentsOf(text);
    return colour((theme === 'light' ? light : dark)!, theme);
  }
  if (text.startsWith('color-mix(')) {
    const [space, first, second] = argumentsOf(text);
    const [, base, percent] = /^(.+) ([\d.]+)%$/.exec(first!)!;
    expect(space).toBe('in srgb');
    const [a, b, part] = [colour(base!, theme), colour(second!, theme), Number(percent) / 100];
    const alpha = a[3] * part + b[3] * (1 - part);
    const mixed = (at: 0 | 1 | 2) => (a[at] * a[3] * part + b[at] * b[3] * (1 - part)) / alpha;
    return [mixed(0), mixed(1), mixed(2), alpha];
  }
  throw new Error(`no colour: ${text}`);
}

function token(name: string, theme: Theme): Colour {
  const value = tokens.get(name);
  if (value === undefined) throw new Error(`no token --${name}`);
  return colour(value, theme);
}

function over(top: Colour, under: Colour): Colour {
  const mixed = (at: 0 | 1 | 2) => top[at] * top[3] + under[at] * (1 - top[3]);
  return [mixed(0), mixed(1), mixed(2), 1];
}

/** Relative luminance, <https://www.w3.org/TR/WCAG22/#dfn-relative-luminance>. */
function luminance([red, green, blue]: Colour): number {
  const [r, g, b] = [red, green, blue].map((part) => {
    const value = part / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}

/** How a token stands out on grounds that lie upon each other, the lowest first. */
function contrast(ink: string, grounds: string[], theme: Theme): number {
  const ground = grounds.map((name) => token(name, theme)).reduce((under, top) => over(top, under));
  const [a, b] = [luminance(over(token(ink, theme), ground)), luminance(ground)];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

const hexes = ['keyword', 'string', 'number', 'function', 'type'].map((kind) => `hl-${kind}`);
const grounds = ['paper', 'panel', 'raised'];

/** What is read, on what: each at rest, and where a pointer or the arrow keys mark it. */
const texts: [what: string, inks: string[], on: string[][]][] = [
  ['text', ['ink', 'ink-2', 'ink-3', 'accent', 'warn', 'bad'], grounds.map((one) => [one])],
  [
    'text of a row or button that is marked',
    ['ink', 'ink-2', 'ink-3', 'accent', 'warn', 'bad'],
    grounds.map((one) => [one, 'hover']),
  ],
  ['text of a button while it is pressed', ['ink'], grounds.map((one) => [one, 'press'])],
  [
    'selected text',
    ['ink'],
    [...grounds, 'code', 'bad-wash', 'warn-wash'].map((one) => [one, 'selection']),
  ],
  ['what was found', ['ink'], [['found'], ['found-now']]],
  ['a pressed toggle, a pill', ['accent'], [['accent-wash']]],
  ['code', ['ink', 'ink-2', 'ink-3', 'bad', ...hexes], [['code']]],
  ['an error', ['bad', 'ink', 'ink-2'], [['bad-wash']]],
  [
    'a button in an error',
    ['ink'],
    [
      ['bad-wash', 'hover'],
      ['bad-wash', 'press'],
    ],
  ],
  ['a notice', ['warn', 'ink', 'ink-3'], [['warn-wash']]],
  [
    'a button in a notice',
    ['ink'],
    [
      ['warn-wash', 'hover'],
      ['accent-wash', 'hover'],
    ],
  ],
  ['a chosen button', ['accent-ink'], [['accent'], ['accent-marked']]],
  ['a button that deletes', ['paper'], [['bad'], ['bad-marked']]],
  ['a tip', ['paper'], [['ink']]],
];

/** What is no text but must be seen: WCAG 2.2, 1.4.11. */
const shapes: [what: string, inks: string[], on: string[][]][] = [
  ['the border of a field', ['line-field'], grounds.map((one) => [one])],
  ['the border of a field in a marked row', ['line-field'], [['raised', 'hover']]],
  [
    'the ring of what has the focus',
    ['accent'],
    [...grounds, 'code', 'accent-wash', 'bad-wash', 'warn-wash'].map((one) => [one]),
  ],
  ['the composer that has the focus', ['accent'], [['paper'], ['raised']]],
  ['the border of a button in an error', ['line-bad'], [['bad-wash']]],
  ['the border of a button in a notice', ['line-field'], [['warn-wash'], ['accent-wash']]],
  ['the border of a field that is wrong', ['bad'], grounds.map((one) => [one])],
  ['a box to tick', ['ink-3'], grounds.map((one) => [one])],
];

describe.each(['light', 'dark'] as const)('In the %s', (theme) => {
  it.each(texts)('%s is read: 4.5 to 1', (_, inks, on) => {
    const faint = inks.flatMap((ink) =>
      on
        .map((stack) => ({ ink, on: stack.join(' + '), is: contrast(ink, stack, theme) }))
        .filter(({ is }) => is < 4.5),
    );
    expect(faint).toEqual([]);
  });

  it.each(shapes)('%s is seen: 3 to 1', (_, inks, on) => {
    const faint = inks.flatMap((ink) =>
      on
        .map((stack) => ({ ink, on: stack.join(' + '), is: contrast(ink, stack, theme) }))
        .filter(({ is }) => is < 3),
    );
    expect(faint).toEqual([]);
  });
});

it('has a known colour on each side', () => {
  expect(contrast('paper', ['ink'], 'light')).toBeCloseTo(16.46, 1);
  expect(contrast('paper', ['ink'], 'dark')).toBeCloseTo(15.07, 1);
});
