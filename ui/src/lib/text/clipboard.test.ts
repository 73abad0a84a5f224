import { describe, expect, it } from 'vitest';
import { wantsApp } from './clipboard';

const paste = (types: string[], text = '', files = 0) =>
  ({ types, files: { length: files }, getData: () => text }) as unknown as DataTransfer;

describe('a paste', () => {
  it.each([
    ['a picture', paste(['image/png'], '', 0)],
    ['a picture as a file', paste(['Files'], '', 1)],
    ['a picture out of a browser', paste(['text/html', 'Files'], '', 1)],
    ['files of a file manager', paste(['text/uri-list', 'text/plain'], '/home/mei/a.jpg')],
    ['nothing the page may see', paste([])],
    ['no data at all', null],
  ])('goes to the app: %s', (_, data) => expect(wantsApp(data)).toBe(true));

  it.each([
    ['plain text', paste(['text/plain'], 'hello')],
    ['formatted text', paste(['text/plain', 'text/html'], 'hello')],
    ['cells with a picture of themselves', paste(['text/plain', 'text/html', 'Files'], '1\t2', 1)],
  ])('stays in the field: %s', (_, data) => expect(wantsApp(data)).toBe(false));
});
