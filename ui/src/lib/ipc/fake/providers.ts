import type { Model } from '../contract/Model';
import type { Provider } from '../contract/Provider';
import { unknownModel } from '$lib/models';

/** A model of which some things are known. */
export function model(id: string, given: Partial<Model> = {}): Model {
  return { ...unknownModel(id), ...given };
}

/** A provider that comes with the app, unless said otherwise. */
export function provider(
  id: string,
  name: string,
  nameZh: string | null,
  baseUrl: string,
  models: Model[],
  given: Partial<Provider> = {},
): Provider {
  return {
    id,
    name,
    nameZh,
    baseUrl,
    origin: baseUrl && new URL(baseUrl).origin,
    builtin: true,
    needsKey: id !== 'demo',
    docsUrl: id === 'demo' ? null : `${new URL(baseUrl).origin}/docs`,
    keysUrl: id === 'demo' ? null : `${new URL(baseUrl).origin}/keys`,
    modelsUrl: null,
    local: false,
    modelsState: { type: id === 'demo' ? 'unlisted' : 'unasked' },
    models,
    editable: false,
    parameters: {},
    modelsAt: null,
    shareRateLimit: false,
    ...given,
  };
}

const sees = { image: true, imageBy: 'table' } as const;

/** As many models as the largest gateways list, of every kind. */
function many(count: number): Model[] {
  const makers = ['openai', 'anthropic', 'google', 'qwen', 'z-ai', 'mistralai', 'x-ai', 'meta'];
  const families = ['flash', 'pro', 'vl-235b-a22b-instruct', 'mini', 'omni-30b-a3b-thinking'];
  return Array.from({ length: count }, (_, at) => {
    const maker = makers[at % makers.length]!;
    const family = families[at % families.length]!;
    const id = `${maker}/${maker.slice(0, 4)}-${1 + (at % 9)}.${at % 7}-${family}-${at}`;
    const known = at % 5 !== 4;
    return model(id, {
      name: `${maker[0]!.toUpperCase()}${maker.slice(1)}: ${family} ${at}`,
      image: known ? at % 3 !== 0 : null,
      imageBy: known ? 'server' : null,
      video: known ? at % 7 === 1 : null,
      videoBy: known ? 'server' : null,
      reasoning: known ? at % 4 === 1 : null,
      context: known ? [131_072, 262_144, 1_048_576, 400_000][at % 4]! : null,
      priceIn: known ? [0, 0.25, 1.25, 3][at % 4]! : null,
      priceOut: known ? [0, 2, 10, 15][at % 4]! : null,
    });
  });
}

/** All that comes with the app, as many of it as there will be. */
export function everyProvider(): Provider[] {
  const known = { modelsAt: Date.now() - 7_200_000 };
  const local = { needsKey: false, keysUrl: null, local: true };
  return [
    provider('demo', 'Demo', '演示', '', [model('demo-measure', { ...sees, name: 'Demo' })]),
    provider(
      'chenyu',
      'Chenyu',
      '晨羽智云',
      'https://api.chenyu.cn/v1',
      [
        model('doubao-seed-2-0-lite-260428', {
          ...sees,
          video: true,
          videoBy: 'table',
          reasoning: true,
          reasoningBy: 'table',
          context: 262_144,
          priceIn: 0.25,
          priceOut: 2,
          favourite: true,
          usedAt: Date.now() - 3_600_000,
        }),
        model('doubao-seed-1-6-vision-250815', { ...sees, usedAt: Date.now() - 120_000 }),
        model('qwen3-vl-235b-a22b', { ...sees, imageBy: 'user', context: 131_072 }),
        model('deepseek-v3-2', { image: false, imageBy: 'refusal', context: 131_072 }),
        model('glm-4-7'),
      ],
      known,
    ),
    provider('anyfast', 'AnyFast', null, 'https://www.anyfast.ai/v1', [
      model('glm-4-7-251222', { image: false, imageBy: 'table' }),
      model('gpt-5-mini', { ...sees, reasoning: true, context: 400_000 }),
    ]),
    provider(
      'volcengine-ark',
      'Volcengine Ark',
      '火山方舟',
      'https://ark.cn-beijing.volces.com/api/v3',
      [],
    ),
    provider('openai', 'OpenAI', null, 'https://api.openai.com/v1', [
      model('gpt-5.2', { ...sees, reasoning: true, context: 400_000, priceIn: 1.25, priceOut: 10 }),
    ]),
    provider('openrouter', 'OpenRouter', null, 'https://openrouter.ai/api/v1', many(430), known),
    provider('gemini', 'Gemini', null, 'https://generativelanguage.googleapis.com/v1beta/openai', [
      model('gemini-3-flash', { ...sees, video: true, context: 1_048_576 }),
    ]),
    provider(
      'qwen',
      'Qwen (DashScope)',
      '通义千问（百炼）',
      'https://dashscope.aliyuncs.com/compatible-mode/v1',
      [],
    ),
    provider('glm', 'GLM', '智谱', 'https://open.bigmodel.cn/api/paas/v4', [
      model('glm-4.6v', { ...sees, video: true }),
    ]),
    provider('moonshot', 'Moonshot', '月之暗面', 'https://api.moonshot.cn/v1', []),
    provider('deepseek', 'DeepSeek', '深度求索', 'https://api.deepseek.com/v1', [
      model('deepseek-chat', { image: false, imageBy: 'table' }),
    ]),
    provider(
      'siliconflow',
      'SiliconFlow',
      '硅基流动',
      'https://api.siliconflow.cn/v1',
      many(90),
      known,
    ),
    provider('xai', 'xAI', null, 'https://api.x.ai/v1', [model('grok-4', sees)]),
    provider('mistral', 'Mistral', null, 'https://api.mistral.ai/v1', []),
    provider('groq', 'Groq', null, 'https://api.groq.com/openai/v1', []),
    provider('ollama', 'Ollama', null, 'http://127.0.0.1:11434/v1', [], local),
    provider('lmstudio', 'LM Studio', null, 'http://127.0.0.1:1234/v1', [], local),
    provider('llamacpp', 'llama.cpp', null, 'http://127.0.0.1:8080/v1', [], local),
  ];
}

/** What a plugin's file would hold, of what the page knows. */
export function manifestOf(given: Provider): string {
  return JSON.stringify(
    {
      id: given.id,
      name: given.name,
      ...(given.nameZh ? { names: { 'zh-CN': given.nameZh } } : {}),
      base_url: given.baseUrl,
      ...(given.docsUrl ? { docs_url: given.docsUrl } : {}),
      ...(given.keysUrl ? { keys_url: given.keysUrl } : {}),
      models: given.models.slice(0, 8).map(({ id, image }) => ({
        id,
        inputs: image ? ['text', 'image'] : ['text'],
      })),
      limits: { links: true },
    },
    null,
    2,
  );
}
