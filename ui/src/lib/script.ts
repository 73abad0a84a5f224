/** How much of a text is looked at, in characters. */
const LOOKED_AT = 2000;

/** Characters that only traditional Chinese has; each is common. */
const TRADITIONAL =
  /[這個們來時為說會對過還後國學開關點電話圖與無從兩長問題應該樣麼嗎請讓幾張書頁]/g;
/** Characters that only simplified Chinese has; each is common. */
const SIMPLIFIED =
  /[这个们来时为说会对过还后国学开关点电话图与无从两长问题应该样么吗请让几张书页]/g;

/**
 * The language that a text's script tells (BCP 47), or null where it tells none:
 * Latin letters may be any language. A few names in Han among Latin letters are
 * no Chinese text.
 */
export function scriptLanguage(text: string): 'zh-Hans' | 'zh-Hant' | 'ja' | 'ko' | null {
  const start = text.slice(0, LOOKED_AT);
  const count = (of: RegExp): number => start.match(of)?.length ?? 0;
  const han = count(/\p{Script=Han}/gu);
  const kana = count(/[\p{Script=Hiragana}\p{Script=Katakana}]/gu);
  const hangul = count(/\p{Script=Hangul}/gu);
  const east = han + kana + hangul;
  // A word of Latin letters is about five of them, one of Han two characters or one.
  if (east === 0 || east * 4 < count(/\p{Script=Latin}/gu)) return null;
  if (hangul > kana && hangul * 2 > han) return 'ko';
  if (kana * 8 > han) return 'ja';
  return count(TRADITIONAL) > count(SIMPLIFIED) ? 'zh-Hant' : 'zh-Hans';
}
