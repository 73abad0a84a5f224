import type { ChatParams } from '$lib/ipc/contract/ChatParams';
import type { Model } from '$lib/ipc/contract/Model';
import { m } from '$lib/paraglide/messages';
import { whole } from '$lib/format';
import type { ExtraFault } from '$lib/parameters';

/** A bound, as it is written: thousands apart, fractions whole. */
function number(value: number): string {
  return value >= 10_000 ? whole(value) : String(value);
}

/** From where to where a number may go, in words. */
export function rangeWords({ min, max }: { min: number; max: number | null }): string {
  return max === null ? m.params_min({ min }) : m.params_range({ min, max: number(max) });
}

/** What is wrong with free JSON, in words. */
export function extraWords(fault: ExtraFault | null): string | null {
  switch (fault?.kind) {
    case 'syntax':
      return m.params_extra_syntax({ line: fault.line, column: fault.column });
    case 'not_object':
      return m.params_extra_object({ braces: '{…}' });
    case 'ours':
      return m.params_extra_ours({ name: fault.name });
    default:
      return null;
  }
}

/** The values of `detail` to choose from: the model's own, where they are known. */
export function detailOptions(model: Model | undefined, params: ChatParams) {
  const names: Record<string, () => string> = {
    auto: m.params_detail_auto,
    low: m.params_detail_low,
    high: m.params_detail_high,
  };
  const known = model && model.details.length > 0 ? model.details : ['auto', 'low', 'high'];
  const values = new Set([...known, ...(params.detail ? [params.detail] : [])]);
  return [...values].map((value) => ({ value, name: names[value]?.() ?? value }));
}

/** Whether to think: what can be asked of the model, and the one that is chosen. */
export function thinkingOptions(model: Model | undefined, params: ChatParams) {
  const names = {
    on: m.params_thinking_on,
    off: m.params_thinking_off,
    auto: m.params_thinking_auto,
  };
  const offered = (['on', 'off', 'auto'] as const).filter(
    (value) => model?.thinking.includes(value) || params.thinking === value,
  );
  return [
    { value: 'unset' as const, name: m.params_thinking_unset() },
    ...offered.map((value) => ({ value, name: names[value]() })),
  ];
}
