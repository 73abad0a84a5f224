import type { IpcError } from '$lib/ipc/contract/IpcError';
import type { Model } from '$lib/ipc/contract/Model';
import type { ModelSetParams } from '$lib/ipc/contract/ModelSetParams';
import type { ModelsState } from '$lib/ipc/contract/ModelsState';

/** A provider and a model, by their ids. */
export interface Asked {
  provider: string;
  model: string;
}

/** A model of which nothing is known but its id: unknown means allowed. */
export function unknownModel(id: string): Model {
  return {
    id,
    name: id,
    label: null,
    image: null,
    video: null,
    reasoning: null,
    imageBy: null,
    videoBy: null,
    reasoningBy: null,
    context: null,
    output: null,
    priceIn: null,
    priceOut: null,
    thinking: [],
    efforts: [],
    takesEffort: false,
    details: [],
    videoBytes: null,
    links: null,
    favourite: false,
    usedAt: null,
    defaults: null,
  };
}

/** What the person said of a model. */
export type ModelSaid = Pick<
  ModelSetParams,
  'label' | 'favourite' | 'image' | 'video' | 'reasoning' | 'defaults'
>;

/** What the person said of it so far: what others say is not theirs. */
export function saidOf(model: Model): ModelSaid {
  return {
    label: model.label,
    favourite: model.favourite,
    image: model.imageBy === 'user' ? model.image : null,
    video: model.videoBy === 'user' ? model.video : null,
    reasoning: model.reasoningBy === 'user' ? model.reasoning : null,
    defaults: model.defaults,
  };
}

/** How a list of models stands that did not come: nobody answers nearby, or it failed. */
export function notListed(local: boolean, error: IpcError): ModelsState {
  const silent = error.code === 'network' || error.code === 'timeout';
  return local && silent ? { type: 'not_running' } : { type: 'failed', error };
}
