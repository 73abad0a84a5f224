import { expect, it } from 'vitest';
import { matches } from './matches';

it('finds each place once, through the markup, and nothing of what is beside the words', () => {
  const message = document.createElement('article');
  message.innerHTML =
    '<header>cat</header><div data-testid="message-text"><div class="prose">' +
    '<p>A <b>ca</b>t and a <em>cat</em>.</p><p>cat</p><button>cat</button></div></div>';
  expect(matches(message, 'CAT').map(String)).toEqual(['cat', 'cat', 'cat']);
});
