import type { Preset } from '../contract/Preset';
import { noParams } from '$lib/parameters';
import { errorOf } from './messages';
import type { Handlers, Stage } from './world';

/** Some, to look at. */
export function somePresets(zh: boolean): Preset[] {
  const t = (en: string, chinese: string) => (zh ? chinese : en);
  const one = (id: string, name: string, system: string, given: Partial<Preset> = {}): Preset => ({
    ...{ id, name, provider: null, model: null, pinned: false },
    params: { ...noParams(), system },
    ...given,
  });
  const asks = { provider: 'chenyu', model: 'qwen3-vl-235b-a22b' };
  return [
    one('p1', t('Shop', '网店'), t('You list products. Answer in {language}.', '你负责上架商品。')),
    one(
      'p2',
      t('Glossary', '术语表'),
      t('Use these terms: {clipboard}', '使用这些术语：{clipboard}'),
      asks,
    ),
    one(
      'p3',
      t('Class 7b, homework of the second half of the year', '七年级二班下学期的作业批改'),
      t('Mark it, and say why.\n\nBe kind.', '批改并说明理由。'),
      { pinned: true },
    ),
  ];
}

/** Commands of presets. */
export function presetHandlers(app: Stage): Handlers {
  const all = () => (app.world.presets ??= []);
  /** A name that no other has. */
  const free = ({ id, name }: Preset) => {
    const taken = all().flatMap((one) => (one.id === id ? [] : [one.name.toLowerCase()]));
    let found = name;
    for (let at = 2; taken.includes(found.toLowerCase()); at += 1) found = `${name} ${at}`;
    return found;
  };
  return {
    'plugin:history|presets': () => structuredClone({ presets: all() }),
    'plugin:history|save_preset': (preset) => {
      if (preset.name.trim() === '') throw errorOf('preset_name', 'No name.', { limit: '80' });
      const id = preset.id || app.next('preset');
      const saved = { ...preset, id, name: free(preset) };
      const others = saved.pinned ? all().map((one) => ({ ...one, pinned: false })) : all();
      const known = others.some((one) => one.id === id);
      app.world.presets = known
        ? others.map((one) => (one.id === id ? saved : one))
        : [...others, saved];
      return structuredClone(saved);
    },
    'plugin:history|remove_preset': ({ id }) => {
      app.world.presets = all().filter((one) => one.id !== id);
      return null;
    },
    'plugin:history|order_presets': ({ ids }) => {
      const place = ({ id }: Preset) => (ids.includes(id) ? ids.indexOf(id) : ids.length);
      app.world.presets = all().toSorted((a, b) => place(a) - place(b));
      return null;
    },
  };
}
