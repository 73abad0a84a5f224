import { describe, expect, it } from 'vitest';
import { scriptLanguage } from './script';

describe('the language that a script tells', () => {
  it.each([
    ['图中有一只橘猫坐在窗台上。', 'zh-Hans'],
    ['圖中有一隻橘貓，這個應該是窗台。', 'zh-Hant'],
    ['一只猫', 'zh-Hans'],
    ['使用 Python 3.12 运行 `main.py`，然后打开 http://localhost。', 'zh-Hans'],
    ['窓辺に一匹の猫が座っています。', 'ja'],
    ['東京駅', 'zh-Hans'],
    ['창가에 고양이 한 마리가 앉아 있습니다.', 'ko'],
    ['A cat sits on the windowsill.', null],
    ['The sign reads 北京, which is the name of the capital of China.', null],
    ['', null],
    ['42 × 3 = 126', null],
  ])('%s', (text, language) => {
    expect(scriptLanguage(text)).toBe(language);
  });
});
