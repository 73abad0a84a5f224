import { describe, expect, it } from 'vitest';
import { linkName, mediaLink } from './links';

describe('an address that is pasted', () => {
  it.each([
    ['https://example.com/a.jpg', 'https://example.com/a.jpg'],
    [
      ' https://example.com/b/%E7%8C%AB.PNG?w=20#top \n',
      'https://example.com/b/%E7%8C%AB.PNG?w=20#top',
    ],
    ['https://example.com/clip.mp4', 'https://example.com/clip.mp4'],
  ])('%j is a picture or a video', (text, url) => expect(mediaLink(text)).toBe(url));

  it.each([
    'http://example.com/a.jpg',
    'https://example.com/a.html',
    'https://example.com/',
    'https://example.com/?file=a.jpg',
    'https://example.org/wiki/File:Cat.jpg',
    'https://example.com/.jpg',
    'see https://example.com/a.jpg',
    'https://example.com/a.jpg https://example.com/b.jpg',
    'https://user:word@example.com/a.jpg',
    'data:image/png;base64,AAAA.png',
    'a.jpg',
    '',
  ])('%j is text', (text) => expect(mediaLink(text)).toBeNull());

  it('is named by the end of its path', () => {
    expect(linkName('https://example.com/b/%E7%8C%AB.png?x=1')).toBe('猫.png');
    expect(linkName('https://example.com/%E7%8.png')).toBe('%E7%8.png');
    expect(linkName('https://example.com/')).toBe('example.com');
  });
});
