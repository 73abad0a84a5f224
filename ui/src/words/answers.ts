import type { Answer } from '$lib/ipc/contract/Answer';
import type { MessageState } from '$lib/ipc/contract/MessageState';
import type { Usage } from '$lib/ipc/contract/Usage';
import { m } from '$lib/paraglide/messages';
import { duration, whole } from '$lib/format';

/** Tokens of an answer: `1,355 → 87 tokens (53 reasoning)`; what is unknown is a dash. */
function tokens(usage: Usage): string | null {
  const { promptTokens, completionTokens, reasoningTokens } = usage;
  if (promptTokens === null && completionTokens === null) return null;
  const show = (count: number | null) => (count === null ? '–' : whole(count));
  const values = { prompt: show(promptTokens), completion: show(completionTokens) };
  if (!reasoningTokens) return m.meta_tokens(values);
  return m.meta_tokens_reasoning({ ...values, reasoning: whole(reasoningTokens) });
}

/** Tokens a second, from the first one on; too short a time says nothing. */
function speed(answer: Answer): string | null {
  const count = answer.usage?.completionTokens;
  if (!count || answer.totalMs === null || answer.firstTokenMs === null) return null;
  const ms = answer.totalMs - answer.firstTokenMs;
  if (ms < 250) return null;
  return m.meta_speed({ speed: whole((count * 1000) / ms) });
}

/** What an answer took, one fact each. */
export function answerMeta(answer: Answer): string[] {
  return [
    answer.answeredBy && answer.answeredBy !== answer.model
      ? m.meta_model({ model: answer.answeredBy })
      : null,
    answer.firstTokenMs === null
      ? null
      : m.meta_first({ time: duration(answer.firstTokenMs, true) }),
    speed(answer),
    answer.usage && tokens(answer.usage),
  ].filter((fact) => fact !== null);
}

/**
 * How an answer ended, in words; `null` when it ended as it should. `empty` says that no
 * answer came, `nothing` that no reasoning came either.
 */
export function endWords(
  state: MessageState,
  reason: string | null,
  empty: boolean,
  nothing: boolean = empty,
): { words: string; heed: boolean } | null {
  const heed = (words: string) => ({ words, heed: true });
  switch (state) {
    case 'streaming':
    case 'failed':
      return null;
    case 'stopped':
      return { words: nothing ? m.state_stopped_empty() : m.state_stopped(), heed: false };
    case 'interrupted':
      return heed(nothing ? m.state_interrupted_empty() : m.state_interrupted());
    case 'cut':
      return heed(reason === null ? m.state_cut() : reasonWords(reason));
    case 'complete':
      // Whichever word it ended with, it is whole.
      if (!empty) return null;
      return heed(isTool(reason) ? m.finish_tool_calls() : m.state_empty());
  }
}

/** Does the word say that a tool was asked for? */
function isTool(reason: string | null): boolean {
  return reason !== null && /^(tool|function)/i.test(reason);
}

/** Why an answer was cut, in words. */
function reasonWords(reason: string): string {
  switch (reason.toLowerCase()) {
    // Whatever word the provider has for it.
    case 'length':
      return m.finish_length();
    case 'content_filter':
      return m.finish_content_filter();
    case 'size_limit':
      return m.finish_size_limit();
    default:
      return m.finish_other({ reason });
  }
}
