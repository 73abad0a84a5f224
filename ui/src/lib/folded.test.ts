import { describe, expect, it } from 'vitest';
import { fold, placesOf } from './folded';

describe('a text that is looked for', () => {
  it.each([
    ['Cat cat CAT concat', 'cat', ['Cat', 'cat', 'CAT', 'cat']],
    ['café cafe\u0301', 'CAFE', ['café', 'cafe\u0301']],
    ['三只猫，三只', '三只', ['三只', '三只']],
    ['Ｆｕｌｌ ﬁle', 'FULL FI', ['Ｆｕｌｌ ﬁ']],
    ['one\n  two', 'one two', ['one\n  two']],
    ['aaaa', 'aa', ['aa', 'aa']],
    ['a.b*c', '.b*', ['.b*']],
    ['カメラ ｶﾞｽ', 'ガス', ['ｶﾞｽ']],
    ['かが', 'か', ['か']],
    ['학교에', '학교', ['학교']],
    ['👍🏽 ok', '👍🏽', ['👍🏽']],
    ['x', '', []],
    ['x y', '  ', []],
  ])('stands in %j as %j', (text, sought, expected) => {
    expect(placesOf(text, sought).map(([start, end]) => text.slice(start, end))).toEqual(expected);
  });

  it('is folded as the history folds it', () => {
    expect(fold('A\n\t É：ｂ').text).toBe('a e:b');
    expect(fold('Straße İzmir').text).toBe('strasse izmir');
  });
});
