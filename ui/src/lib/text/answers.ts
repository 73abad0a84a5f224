import type { Answer } from '$lib/ipc/contract/Answer';
import type { MessageState } from '$lib/ipc/contract/MessageState';
import type { Usage } from '$lib/ipc/contract/Usage';
import { m } from '$lib/paraglide/messages';
import { duration, whole } from './format';

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

/** How an answer ended, in words; `null` when it ended as it should. */
export function endWords(
  state: MessageState,
  reason: string | null,
  empty: boolean,
): { words: string; heed: boolean } | null {
  const heed = (words: string) => ({ words, heed: true });
  switch (state) {
    case 'streaming':
    case 'failed':
      return null;
    case 'stopped':
      return { words: m.state_stopped(), heed: false };
    case 'interrupted':
      return heed(m.state_interrupted());
    case 'cut':
      return heed(reason === null ? m.state_cut() : reasonWords(reason));
    case 'complete':
      if (reason !== null && reason !== 'stop') return heed(reasonWords(reason));
      return empty ? heed(m.state_empty()) : null;
  }
}

/** A finish reason other than `stop`, in words. */
function reasonWords(reason: string): string {
  switch (reason) {
    case 'length':
      return m.finish_length();
    case 'content_filter':
      return m.finish_content_filter();
    case 'size_limit':
      return m.finish_size_limit();
    case 'tool_calls':
    case 'function_call':
      return m.finish_tool_calls();
    default:
      return m.finish_other({ reason });
  }
}
