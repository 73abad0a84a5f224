import type { ChatParams } from '$lib/ipc/contract/ChatParams';
import { m } from '$lib/paraglide/messages';
import {
  checkExtra,
  fieldOf,
  has,
  isSet,
  mostStops,
  noParams,
  rangeOf,
  withParam,
  type Field,
} from '$lib/parameters';
import type { AppState } from '../page/appState.svelte';
import { rangeWords } from '../words/parameters';
import { providerName } from '../words/providers';

/** Those that are numbers. */
export type NumberField = 'temperature' | 'topP' | 'maxTokens' | 'keepPictures' | 'fps';

/** What is typed into the fields of the parameters, and which of them are offered. */
export class ParameterFields {
  constructor(
    private readonly app: AppState,
    /** Is a video at hand? */
    private readonly hasVideo: () => boolean,
  ) {}

  /** What stands in the fields, where it is not what is set: half typed, or wrong. The draft keeps it. */
  get typed() {
    return this.app.draft.typed;
  }

  private set typed(typed) {
    this.app.draft.typed = typed;
  }

  /** What is wrong with the numbers. */
  get faults() {
    return this.app.draft.faults;
  }

  private set faults(faults) {
    this.app.draft.faults = faults;
  }

  /** What is wrong with the extra parameters. */
  get extraFault() {
    const { params } = this.app;
    return checkExtra(this.typed.extra ?? params.extra ?? '', params);
  }

  /** Can something that was typed not be sent? */
  get faulty(): boolean {
    return (
      this.extraFault !== null || Object.values(this.faults).some((fault) => fault !== undefined)
    );
  }

  /** Is nothing typed and not set? */
  get empty(): boolean {
    return Object.keys(this.typed).length === 0;
  }

  /** The one that the provider refused. */
  get refused(): Field | null {
    const { refusal, params } = this.app;
    return refusal ? fieldOf(refusal.parameter, params) : null;
  }

  /** Forgets what was typed and not set. */
  forget(): void {
    this.typed = {};
    this.faults = {};
  }

  set<F extends Field>(field: F, value: ChatParams[F]): void {
    this.app.setParams(withParam(this.app.params, field, value));
  }

  /** Takes a text as it is typed; of nothing but blanks, none is set. */
  text(field: 'system' | 'effort', value: string): void {
    this.typed = { ...this.typed, [field]: value };
    this.set(field, value.trim() || null);
  }

  clear(field: Field): void {
    const { [field]: _, ...rest } = this.typed;
    this.typed = rest;
    this.faults = { ...this.faults, [field]: undefined };
    this.set(field, noParams()[field]);
  }

  /** Takes the number of a field; one out of its range is not set, and that is said. */
  number(field: NumberField, input: HTMLInputElement): void {
    const { min, max } = rangeOf(this.app.provider, this.app.model, field);
    const value = input.valueAsNumber;
    const whole = field === 'maxTokens' || field === 'keepPictures';
    const empty = input.value === '' && !input.validity.badInput;
    const range = rangeWords({ min, max });
    let fault: string | undefined;
    if (!empty && !(value >= min && (max === null || value <= max)))
      fault = m.params_bad({ range });
    else if (!empty && whole && !Number.isInteger(value)) fault = m.params_whole({ range });
    this.typed = { ...this.typed, [field]: input.value };
    this.faults = { ...this.faults, [field]: fault };
    this.set(field, fault || empty ? null : value);
  }

  /** What a number's field shows: what was typed, as long as that is what is set, or cannot be. */
  shownNumber(field: NumberField): string | number {
    const set = this.app.params[field];
    const own = this.typed[field];
    const holds =
      own !== undefined && (this.faults[field] || (own === '' ? null : Number(own)) === set);
    return holds ? own : (set ?? '');
  }

  extra(text: string): void {
    this.typed = { ...this.typed, extra: text };
    const fault = checkExtra(text, this.app.params);
    this.set('extra', text.trim() === '' || fault ? null : text);
  }

  stops(text: string): void {
    this.typed = { ...this.typed, stop: text };
    const lines = text.split('\n').filter((line) => line !== '');
    this.set('stop', lines.slice(0, mostStops(this.app.provider)));
  }

  /** Is it offered? One that is set always is: it must be seen to be cleared. */
  shown(field: Field): boolean {
    const { params, provider, model } = this.app;
    if (isSet(params, field) || this.refused === field) return true;
    if (!has(provider, field)) return false;
    if (field === 'thinking') return (model?.thinking.length ?? 0) > 0;
    if (field === 'effort') return model?.takesEffort ?? false;
    if (field === 'fps') return this.hasVideo() || model?.video === true;
    return true;
  }

  /** What is said beside its name. */
  hintOf(field: Field, hint?: string): string | undefined {
    const { provider } = this.app;
    if (has(provider, field)) return hint;
    return provider ? m.params_unknown({ provider: providerName(provider) }) : hint;
  }
}
