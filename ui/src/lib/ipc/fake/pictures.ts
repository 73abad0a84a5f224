import type { Attachment } from '../contract/Attachment';
import type { Picture } from '../contract/Picture';
import { findMessage } from './history';
import { attachment, errorOf } from './messages';
import type { Handlers, Stage } from './world';

/** What the fake app needs for pictures. */
export interface Pictures extends Stage {
  /** Pictures of a folder that waits for an answer, by its id. */
  readonly folders: Map<string, Attachment[]>;
}

/** Commands of pictures. */
export function pictureHandlers(app: Pictures): Handlers {
  let removed: { attachment: Attachment; at: number } | null = null;
  const find = (id: string) => {
    const found = app.world.attachments.find((one) => one.id === id);
    if (!found) throw errorOf('attachment_not_ready', 'There is no such attachment.');
    return found;
  };
  const put = (made: Attachment, at = app.world.attachments.length) => {
    app.world.attachments = app.world.attachments.toSpliced(at, 0, made);
    app.emit('attachment', { draft: 'main', attachment: made });
    return null;
  };
  const change = (id: string, given: Partial<Attachment>) => {
    const changed = { ...find(id), ...given };
    app.world.attachments = app.world.attachments.map((one) => (one.id === id ? changed : one));
    app.emit('attachment', { draft: 'main', attachment: changed });
  };
  return {
    'plugin:images|list': () => ({ attachments: structuredClone(app.world.attachments) }),
    'plugin:images|remove': ({ id }) => {
      const at = app.world.attachments.findIndex((other) => other.id === id);
      if (at >= 0) removed = { attachment: app.world.attachments[at]!, at };
      app.world.attachments = app.world.attachments.filter((other) => other.id !== id);
      return null;
    },
    'plugin:images|restore': ({ id }) => {
      if (removed?.attachment.id !== id) throw errorOf('not_found', 'It is not kept any more.');
      return put(removed.attachment, removed.at);
    },
    'plugin:images|keep_unsent': () => null,
    'plugin:images|order': ({ ids }) => {
      app.world.attachments = app.world.attachments.toSorted(
        (a, b) => ids.indexOf(a.id) - ids.indexOf(b.id),
      );
      return null;
    },
    'plugin:images|target': () => null,
    'plugin:images|cancel': () => {
      app.world.attachments = app.world.attachments.filter(({ state }) => state !== 'preparing');
      return null;
    },
    'plugin:images|options': ({ id, options }) => {
      const { picture } = find(id);
      if (options.original && picture && picture.originalBytes > 4 * 1024 * 1024)
        throw errorOf('cannot_fit', 'Too large.', { name: picture.name, limit: '4194304' });
      change(id, { state: 'preparing', options });
      const now: Picture | null = picture && {
        ...picture,
        tiles: options.whole ? [] : picture.tiles,
        ...(options.original
          ? {
              hash: picture.master,
              width: picture.originalWidth,
              height: picture.originalHeight,
              bytes: picture.originalBytes,
              done: picture.done.filter((what) => what !== 'resized'),
            }
          : {}),
      };
      change(id, { state: 'ready', picture: now });
      return null;
    },
    'plugin:images|crop': ({ id, area }) => {
      const whole = find(id);
      const { width, height } = area;
      const part: Attachment = {
        ...whole,
        id: app.next('part'),
        picture: whole.picture && { ...whole.picture, width, height, tiles: [] },
        options: { ...whole.options, whole: false, crop: area },
      };
      return put(part, app.world.attachments.indexOf(whole) + 1);
    },
    'plugin:images|again': ({ message, hash }) => {
      const said = findMessage(app.world, message).found;
      const picture = said.pictures.find((one) => one.hash === hash);
      if (!picture) throw errorOf('not_found', 'There is no such picture.');
      return put(attachment({ id: app.next('again'), name: picture.name, picture }));
    },
    'plugin:images|save': () => true,
    'plugin:images|take_folder': ({ id, take }) => {
      for (const made of take ? (app.folders.get(id) ?? []) : []) put(made);
      app.folders.delete(id);
      return null;
    },
  };
}
