import { describe, expect, it } from 'vitest';
import { pasted } from './clipboard';

/** What a paste holds; what is asked for, the page may see, and no more. */
const paste = (data: Record<string, string>, files = 0) =>
  ({
    types: [...Object.keys(data), ...(files > 0 ? ['Files'] : [])],
    files: { length: files },
    getData: (type: string) => data[type] ?? '',
  }) as unknown as DataTransfer;

const url = 'https://example.com/cat.png?w=2';
const img = `<meta charset="utf-8"><img src="${url}" alt="A cat">`;

describe('a paste', () => {
  it.each([
    ['a picture', paste({ 'image/png': '' })],
    ['a picture as a file', paste({}, 1)],
    ['a picture out of a browser', paste({ 'text/html': img }, 1)],
    ['a picture out of a browser, without its bitmap', paste({ 'text/html': img })],
    ['a picture with its address', paste({ 'text/html': img, 'text/plain': url }, 1)],
    [
      'a picture with its address and what is not shown',
      paste({
        'text/plain': url,
        'text/html': `<style>p {}</style><p> ${img}<script>a()</script></p>`,
      }),
    ],
    [
      'files of a file manager',
      paste({ 'text/uri-list': 'file:///home/mei/a.jpg', 'text/plain': '/home/mei/a.jpg' }),
    ],
    ['files whose list the page may not see', paste({ 'text/uri-list': '' })],
    ['a data URL', paste({ 'text/plain': 'data:image/png;base64,iVBORw0K=' })],
    ['cells with a picture of themselves', paste({ 'text/html': '<table><tr><td>1</table>' })],
    ['nothing the page may see', paste({})],
    ['no data at all', null],
  ])('goes to the app: %s', (_, data) => expect(pasted(data)).toEqual({ to: 'app' }));

  it.each([
    ['plain text', paste({ 'text/plain': 'hello' })],
    [
      'the address of a page',
      paste({ 'text/uri-list': 'https://example.com/', 'text/plain': 'https://example.com/' }),
    ],
    ['text that begins as a data URL', paste({ 'text/plain': 'data:image/png;base64,… is it' })],
  ])('stays in the field: %s', (_, data) => expect(pasted(data)).toEqual({ to: 'field' }));

  it.each([
    ['formatted text', paste({ 'text/plain': 'hello', 'text/html': '<b>hello</b>' })],
    [
      'text with a picture in it',
      paste({ 'text/plain': 'A cat:', 'text/html': `<p>A cat: ${img}</p>` }),
    ],
    ['a picture that stands for text', paste({ 'text/plain': '🙂', 'text/html': img })],
    [
      'cells with a picture of themselves',
      paste({ 'text/plain': '1\t2', 'text/html': '<table><tr><td>1<td>2</table>' }, 1),
    ],
  ])('of formatted text gives its text: %s', (_, data) =>
    expect(pasted(data)).toEqual({ to: 'text', text: data.getData('text/plain') }),
  );

  it.each([
    ['as text', paste({ 'text/plain': ` ${url}\n` })],
    ['as a list', paste({ 'text/uri-list': `# a\r\n${url}\r\n` })],
    ['as both', paste({ 'text/uri-list': url, 'text/plain': url })],
    ['in a page', paste({ 'text/plain': url, 'text/html': `<a href="${url}">${url}</a>` })],
  ])('of the address of a picture is a link: %s', (_, data) =>
    expect(pasted(data)).toEqual({ to: 'link', url }),
  );

  it('of the address of a page is that address', () => {
    const page = 'https://example.com/page';
    expect(pasted(paste({ 'text/uri-list': page }))).toEqual({ to: 'text', text: page });
  });
});
