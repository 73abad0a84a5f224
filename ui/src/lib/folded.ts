/** What only says how what stands around it is drawn: soft hyphens, joiners, variants, skins. */
const ignored = String.raw`\u00ad|\u200c|\u200d|\u2060|[\ufe00-\ufe0f]|[\u{1f3fb}-\u{1f3ff}]`;
const IGNORED = new RegExp(ignored, 'gu');

/** A character with what belongs to it: marks, parts of Hangul, half-width voicing marks. */
const joins = String.raw`\p{M}|[\u1160-\u11ff]|\uff9e|\uff9f|${ignored}`;
const CLUSTER = new RegExp(`.(?:${joins})*`, 'gsu');

/** A text folded, and for each of its units where in the text it comes from. */
export interface Folded {
  text: string;
  /** One more than there are units: the last is the text's length. */
  from: number[];
}

/** Case, accents and width are the same; as `words.rs` of the history folds. */
function foldOne(cluster: string): string {
  return cluster
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .replace(IGNORED, '')
    .normalize('NFC')
    .toLowerCase()
    .replace(/ß/g, 'ss');
}

/** Folds a text for a search; blanks that follow each other are one. */
export function fold(text: string): Folded {
  let out = '';
  const from: number[] = [];
  for (const { 0: cluster, index } of text.matchAll(CLUSTER)) {
    const blank = /^\s/.test(cluster);
    if (blank && out.endsWith(' ')) continue;
    const folded = blank ? ' ' : foldOne(cluster);
    out += folded;
    for (let unit = 0; unit < folded.length; unit += 1) from.push(index);
  }
  from.push(text.length);
  return { text: out, from };
}

/** Where a text stands in another, both folded: start and end of each, in units. */
export function placesOf(text: string, sought: string): [number, number][] {
  const wanted = fold(sought).text.trim();
  if (wanted === '') return [];
  const { text: folded, from } = fold(text);
  const places: [number, number][] = [];
  for (let at = folded.indexOf(wanted); at >= 0; at = folded.indexOf(wanted, at)) {
    const end = at + wanted.length;
    // What follows begins where the last character has ended.
    places.push([from[at]!, from[end]!]);
    at = end;
  }
  return places;
}
