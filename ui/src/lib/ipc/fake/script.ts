import type { Answer } from '../contract/Answer';
import type { Block } from '../contract/Block';
import type { ChatEvent } from '../contract/ChatEvent';
import type { Message } from '../contract/Message';
import type { Patch } from '../contract/Patch';
import { applyPatch } from '$lib/blocks';
import { emptyAnswer, errorOf } from './messages';

/** One step of an answer: what comes next, or the end where it was stopped. */
export interface Step {
  next(assistant: Message): ChatEvent;
  stopped(assistant: Message): ChatEvent;
}

function answerOf(assistant: Message): Answer {
  return assistant.answer ?? emptyAnswer('demo', 'Demo', 'demo-measure');
}

function step(next: (assistant: Message) => ChatEvent): Step {
  return {
    next: (assistant) => {
      const event = next(assistant);
      if (event.type === 'finished') assistant.state = event.state;
      if (event.type === 'failed')
        Object.assign(assistant, { state: 'failed', error: event.error });
      return event;
    },
    stopped: (assistant) => {
      assistant.state = 'stopped';
      return { type: 'finished', state: 'stopped', answer: answerOf(assistant) };
    },
  };
}

function chunk(kind: 'text' | 'reasoning', patch: Patch): Step {
  return step((assistant) => {
    applyPatch(kind === 'text' ? assistant.blocks : assistant.reasoning, patch);
    return { type: 'chunk', text: null, reasoning: null, [kind]: patch };
  });
}

/** Writes paragraphs a few letters at a time: each step replaces the last one. */
function paragraph(kind: 'text' | 'reasoning', index: number, words: string): Step[] {
  const steps: Step[] = [];
  for (let end = 6; end < words.length + 6; end += 6) {
    const html = `<p>${words.slice(0, end)}</p>`;
    const block: Block = { id: `${kind}-${index}`, html, parts: [] };
    steps.push(chunk(kind, { keep: index, grow: null, blocks: [block] }));
  }
  return steps;
}

/** A block that grows by parts. */
function growing(index: number, html: string, parts: string[]): Step[] {
  const block: Block = { id: `text-${index}`, html, parts: [] };
  return [
    chunk('text', { keep: index, grow: null, blocks: [block] }),
    ...parts.map((part, at) =>
      chunk('text', { keep: index, grow: { keep: at, parts: [part] }, blocks: [] }),
    ),
  ];
}

/** An answer to a question: `fail` in it makes it fail, `disk full` keeps it from being kept, `cut` ends it early. */
export function script(question: Message): Step[] {
  const picture = question.pictures[0];
  const size = picture ? `${picture.originalWidth} × ${picture.originalHeight}` : 'no picture';
  const end: Step = step((assistant) => ({
    type: 'finished',
    state: /cut/i.test(question.text) ? 'cut' : 'complete',
    answer: {
      ...answerOf(assistant),
      finishReason: /cut/i.test(question.text) ? 'length' : 'stop',
      usage: { promptTokens: 1355, completionTokens: 87, totalTokens: 1442, reasoningTokens: 53 },
      firstTokenMs: 420,
      reasoningMs: 1900,
      totalMs: 3200,
    },
  }));
  const failure: Step = step((assistant) => ({
    type: 'failed',
    answer: answerOf(assistant),
    error: {
      ...errorOf('no_balance', 'The balance of this key is used up.'),
      detail: {
        status: 429,
        code: 'insufficient_user_quota',
        message: 'user quota is not enough',
        requestId: '20261121-88f1',
      },
    },
  }));
  const started: Step = step((assistant) => ({ type: 'started', answer: answerOf(assistant) }));
  const opening = [
    started,
    ...paragraph(
      'reasoning',
      0,
      'The question is about what can be measured. Looking at the pixels.',
    ),
    ...paragraph('text', 0, `I am Demo: I measure, I do not see. Your picture is ${size}.`),
  ];
  const full: Step = step((assistant) => ({
    type: 'failed',
    answer: answerOf(assistant),
    error: errorOf('storage', 'The disk is full.', {
      path: '/home/mei/.local/share/dragoman/dragoman.db',
      reason: 'No space left on device (os error 28)',
    }),
  }));
  if (/disk full/i.test(question.text)) return [...opening, full];
  if (/fail/i.test(question.text)) return [...opening, failure];
  return [
    ...opening,
    ...growing(
      1,
      '<div class="table"><table><thead><tr><th>What</th><th class="ta-right">Value</th></tr></thead><tbody data-slot></tbody></table></div>',
      [
        '<tr><td>Format</td><td class="ta-right">JPEG</td></tr>',
        '<tr><td>Size</td><td class="ta-right">412 KB</td></tr>',
        '<tr><td>Dominant colour</td><td class="ta-right"><code>#2f6f86</code></td></tr>',
      ],
    ),
    ...growing(2, '<div class="code" data-lang="python"><pre><code data-slot></code></pre></div>', [
      '<span class="line"><span class="hl-k">def</span> <span class="hl-f">area</span>(w, h):\n</span>',
      '<span class="line">    <span class="hl-c"># pixels</span>\n</span>',
      '<span class="line">    <span class="hl-k">return</span> w * h\n</span>',
    ]),
    ...paragraph('text', 3, 'That is all that can be measured.'),
    end,
  ];
}
