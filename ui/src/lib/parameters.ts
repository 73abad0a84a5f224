import type { ChatParams } from '$lib/ipc/contract/ChatParams';
import type { Model } from '$lib/ipc/contract/Model';
import type { ParameterRange } from '$lib/ipc/contract/ParameterRange';
import type { Provider } from '$lib/ipc/contract/Provider';

/** A parameter that a person can set. */
export type Field = Exclude<keyof ChatParams, 'without'>;

/** The names a parameter goes by in requests: one that is refused is found by them. */
const wireNames: Record<Field, string[]> = {
  system: ['system'],
  temperature: ['temperature'],
  topP: ['top_p'],
  maxTokens: ['max_tokens', 'max_completion_tokens', 'max_output_tokens'],
  stop: ['stop'],
  detail: ['detail'],
  stream: ['stream', 'stream_options'],
  thinking: ['thinking', 'enable_thinking', 'thinking_budget', 'chat_template_kwargs', 'think'],
  effort: ['reasoning_effort', 'effort', 'reasoning'],
  fps: ['fps'],
  // Not one field of the request each.
  extra: [],
  keepPictures: [],
};

/** What a parameter may be where nobody says otherwise. */
const usual: Partial<Record<Field, { min: number; max: number | null }>> = {
  temperature: { min: 0, max: 2 },
  topP: { min: 0, max: 1 },
  maxTokens: { min: 1, max: null },
  fps: { min: 0.2, max: 5 },
  keepPictures: { min: 0, max: null },
};

/** Params of a request where nothing is set. */
export function noParams(): ChatParams {
  return {
    system: null,
    temperature: null,
    topP: null,
    maxTokens: null,
    stop: [],
    detail: null,
    stream: null,
    thinking: null,
    effort: null,
    extra: null,
    keepPictures: null,
    fps: null,
    without: [],
  };
}

/** Is it set? Only what is set is sent. */
export function isSet(params: ChatParams, name: keyof ChatParams): boolean {
  const value = params[name];
  return Array.isArray(value) ? value.length > 0 : value !== null && value !== '';
}

/** How many of them are set. */
export function countParams(params: ChatParams): number {
  return (Object.keys(noParams()) as (keyof ChatParams)[]).filter((name) => isSet(params, name))
    .length;
}

/** Are the same ones set to the same values? */
export function sameParams(one: ChatParams, other: ChatParams): boolean {
  const text = (params: ChatParams) => JSON.stringify({ ...noParams(), ...params }, sorted);
  return text(one) === text(other);
}

/** Writes the fields of an object in one order. */
function sorted(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** What the provider says of a parameter; `undefined` when it says nothing. */
function said(provider: Provider | undefined, field: Field): ParameterRange | undefined {
  const names = wireNames[field];
  const found = names.find((name) => provider?.parameters[name]);
  return found === undefined ? undefined : provider?.parameters[found];
}

/** Those whose existence a provider's list decides; the others are its models', or the app's own. */
const listed: Field[] = ['temperature', 'topP', 'maxTokens', 'stop'];

/** Does the provider have this parameter? A provider that names none may have all. */
export function has(provider: Provider | undefined, field: Field): boolean {
  if (!provider || Object.keys(provider.parameters).length === 0) return true;
  return !listed.includes(field) || said(provider, field) !== undefined;
}

/** From where to where a number may go. */
export function rangeOf(
  provider: Provider | undefined,
  model: Model | undefined,
  field: Field,
): { min: number; max: number | null } {
  const range = said(provider, field);
  const most = field === 'maxTokens' ? (model?.output ?? null) : null;
  return {
    min: range?.min ?? usual[field]?.min ?? 0,
    max: range?.max ?? most ?? usual[field]?.max ?? null,
  };
}

/** How many texts `stop` takes. */
export function mostStops(provider: Provider | undefined): number {
  return said(provider, 'stop')?.maxItems ?? 4;
}

/** The values of effort that are known, the model's own before its provider's. */
export function effortsOf(provider: Provider | undefined, model: Model | undefined): string[] {
  if (model && model.efforts.length > 0) return model.efforts;
  return said(provider, 'effort')?.values ?? [];
}

/** What is wrong with a text that should be more fields of a request. */
export type ExtraFault =
  | { kind: 'syntax'; line: number; column: number }
  | { kind: 'not_object' }
  | { kind: 'ours'; name: string };

/** Fields that the app writes itself, whatever is set. */
const ours = ['model', 'messages'];

/**
 * Checks free JSON: one object, none of whose fields the app writes or the
 * person has set already. `null` when it is fine; so is nothing at all.
 */
export function checkExtra(text: string, params: ChatParams): ExtraFault | null {
  if (text.trim() === '') return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { kind: 'syntax', ...placeOf(text, error) };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { kind: 'not_object' };
  const taken = new Set(ours);
  for (const field of Object.keys(wireNames) as Field[])
    if (isSet(params, field)) wireNames[field].forEach((name) => taken.add(name));
  const name = Object.keys(value).find((key) => taken.has(key));
  return name === undefined ? null : { kind: 'ours', name };
}

/** Where JSON breaks off. Engines word it each in their way: it is looked for here. */
function placeOf(text: string, error: unknown): { line: number; column: number } {
  const words = error instanceof Error ? error.message : '';
  const pair = /line (\d+) column (\d+)/.exec(words);
  if (pair) return { line: Number(pair[1]), column: Number(pair[2]) };
  const at = breakOf(text);
  const before = text.slice(0, at).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

/** The first place where a text stops being JSON. */
function breakOf(text: string): number {
  let at = 0;
  const blank = () => {
    while (/[ \t\r\n]/.test(text.charAt(at))) at += 1;
  };
  const token = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found) at += found[0].length;
    return found !== null;
  };
  const string = () => token(/"(?:[^"\\\p{Cc}]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"/uy);
  const items = (close: string, one: () => boolean): boolean => {
    at += 1;
    blank();
    if (text.charAt(at) === close) return token(/./y);
    for (;;) {
      blank();
      if (!one()) return false;
      blank();
      if (text.charAt(at) === close) return token(/./y);
      if (!token(/,/y)) return false;
    }
  };
  const value = (depth: number): boolean => {
    blank();
    if (depth > 200) return false;
    if (text.charAt(at) === '{')
      return items('}', () => {
        if (!string()) return false;
        blank();
        return token(/:/y) && value(depth + 1);
      });
    if (text.charAt(at) === '[') return items(']', () => value(depth + 1));
    return string() || token(/-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y);
  };
  if (value(0)) blank();
  return Math.min(at, text.length);
}

/** The names in a path such as `messages[0].image_url.detail`. */
function parts(name: string): string[] {
  return name.split(/[.[\]/]+/).filter((part) => part !== '' && !/^\d+$/.test(part));
}

/** Reads free JSON; `null` when it is not an object. */
function objectOf(text: string | null): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return typeof value === 'object' && !Array.isArray(value)
      ? (value as Record<string, unknown> | null)
      : null;
  } catch {
    return null;
  }
}

/** The parameter that a request's field belongs to; `null` when none of ours. */
export function fieldOf(name: string, params: ChatParams): Field | null {
  const path = parts(name);
  const first = path[0] ?? '';
  const last = path.at(-1) ?? '';
  const extra = objectOf(params.extra);
  if (extra && first in extra) return 'extra';
  const fields = Object.keys(wireNames) as Field[];
  const of = (part: string) => fields.find((field) => wireNames[field].includes(part));
  // `reasoning.effort` is effort, `thinking.type` thinking.
  return of(first) ?? of(last) ?? null;
}

/** The params without one that was refused: cleared, and not sent from anywhere else. */
export function withoutParam(params: ChatParams, name: string): ChatParams {
  const field = fieldOf(name, params);
  const next: ChatParams = { ...params, without: [...new Set([...params.without, name])] };
  if (field === 'extra') {
    const { [parts(name)[0] ?? '']: _, ...rest } = objectOf(params.extra) ?? {};
    next.extra = Object.keys(rest).length > 0 ? JSON.stringify(rest, null, 2) : null;
  } else if (field) {
    Object.assign(next, { [field]: noParams()[field] });
  }
  return next;
}

/** The params with one set, or cleared by `null`; who sets it wants it sent again. */
export function withParam<F extends Field>(
  params: ChatParams,
  field: F,
  value: ChatParams[F],
): ChatParams {
  const next = { ...params, [field]: value };
  if (isSet(next, field))
    next.without = params.without.filter(
      (name) => !parts(name).some((part) => wireNames[field].includes(part)),
    );
  return next;
}
