import type { Belief } from '$lib/ipc/contract/Belief';
import type { Model } from '$lib/ipc/contract/Model';
import type { Provider } from '$lib/ipc/contract/Provider';
import { m } from '$lib/paraglide/messages';
import { errorText } from './errors';

/** What a million tokens cost: `$0.25 / $2.00 per M`; `null` when not known. */
export function priceText(model: Model): string | null {
  const { priceIn, priceOut } = model;
  if (priceIn === null || priceOut === null) return null;
  if (priceIn === 0 && priceOut === 0) return m.model_free();
  return m.model_price({ input: dollars(priceIn), output: dollars(priceOut) });
}

/** What is known of a model beside its name, in one line; `of` names its provider. */
export function modelFacts(model: Model, of: string | null): string {
  return [
    of,
    model.name === model.id ? null : model.id,
    model.context === null ? null : contextText(model.context),
    priceText(model),
    model.image === null ? m.model_unknown() : null,
  ]
    .filter(Boolean)
    .join(' · ');
}

/** Who says what a model takes. */
export function beliefText(by: Belief | null): string {
  switch (by) {
    case 'user':
      return m.belief_user();
    case 'server':
      return m.belief_server();
    case 'table':
      return m.belief_table();
    case 'refusal':
      return m.belief_refusal();
    case null:
      return m.belief_none();
  }
}

/** How much a model holds: `256k`, `1M`; a k is 1024 where that comes out even. */
export function contextText(tokens: number): string {
  const k = tokens % 1024 === 0 ? 1024 : 1000;
  const [value, unit] = tokens >= k * k ? [tokens / k / k, 'M'] : [tokens / k, 'k'];
  return tokens < 1000 ? String(tokens) : `${Number(value.toFixed(value < 10 ? 1 : 0))}${unit}`;
}

/** US dollars, to the cent, finer where a price is: `$2.00`, `$0.075`. */
export function dollars(price: number): string {
  const cents = price * 100;
  const even = Math.abs(cents - Math.round(cents)) < 1e-6;
  return `$${even ? price.toFixed(2) : Number(price.toPrecision(3))}`;
}

/** How many models are known, and how many see; where there are none, why. */
export function modelsText({ models, modelsState }: Provider): string {
  const count = models.length;
  const see = models.filter(({ image }) => image).length;
  const all = m.provider_models({ count });
  const known = see > 0 ? m.provider_models_see({ models: all, see }) : all;
  const state = {
    unasked: count === 0 ? m.models_unasked() : '',
    unlisted: count === 0 ? m.models_unlisted() : '',
    listing: m.models_listing(),
    listed: count === 0 ? m.models_unlisted() : '',
    not_running: m.models_not_running(),
    failed: m.models_failed(),
  }[modelsState.type];
  return [count === 0 ? '' : known, state].filter(Boolean).join(' · ');
}

/** Why a provider shows no models, or no newer ones, and what can be done; `null` where all is well. */
export function listTrouble(provider: Provider): string | null {
  const { modelsState, models } = provider;
  switch (modelsState.type) {
    case 'failed':
      return m.model_list_failed({ reason: errorText(modelsState.error) });
    case 'not_running':
      return startText(provider);
    case 'unlisted':
    case 'listed':
      return models.length === 0 ? m.model_unlisted() : null;
    default:
      return null;
  }
}

/** How a server on this machine is started. */
function startText({ id, baseUrl }: Provider): string {
  switch (id) {
    case 'ollama':
      return m.start_ollama({ command: 'ollama serve' });
    case 'lmstudio':
      return m.start_lmstudio({ command: 'lms server start' });
    case 'llamacpp':
      return m.start_llamacpp({ command: 'llama-server' });
    default:
      return m.start_server({ url: baseUrl });
  }
}
