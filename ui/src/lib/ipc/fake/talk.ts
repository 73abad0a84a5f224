import type { Attachment } from '../contract/Attachment';
import type { RequestSize } from '../contract/RequestSize';
import { base64Size } from '$lib/base64Size';
import { findMessage } from './history';
import { attachment, errorOf } from './messages';
import type { Handlers, Stage } from './world';

/** Most bytes that a fake provider takes. */
const LIMIT = 20 * 1024 * 1024;

/** A link, as the app makes it of an address. */
function linkOf(id: string, address: string): Attachment {
  const url = new URL(address);
  return attachment({
    id,
    name: url.pathname.split('/').at(-1) || url.host,
    link: {
      url: url.href,
      host: url.host,
      video: /\.(mp4|mov|webm|avi)$/i.test(url.pathname),
      refused: false,
    },
  });
}

/** Commands of links and sizes. */
export function talkHandlers(app: Stage): Handlers {
  const find = (id: string | null) => app.world.conversations.find((one) => one.id === id);
  return {
    'plugin:images|add_link': ({ url }) => {
      if (!URL.canParse(url) || !url.startsWith('https:'))
        throw errorOf('link_not_read', 'Not an https address.', {
          host: url,
          reason: 'it is not https',
          why: 'scheme',
        });
      const made = linkOf(app.next('link'), url);
      app.world.attachments = [...app.world.attachments, made];
      app.emit('attachment', { draft: 'main', attachment: made });
      return null;
    },
    'plugin:images|fetch': ({ id }) => {
      const found = app.world.attachments.find((one) => one.id === id);
      if (!found?.link) throw errorOf('attachment_not_ready', 'There is no such link.');
      const { host } = found.link;
      const args = { host, reason: 'HTTP 404', why: 'status', status: '404' };
      const failed: Attachment = {
        ...found,
        state: 'failed',
        error: errorOf('link_not_read', `${host} answered with HTTP 404.`, args),
      };
      app.emit('attachment', { draft: 'main', attachment: failed });
      return null;
    },
    'plugin:chat|load_picture': ({ message, url }) => {
      const { host } = new URL(url);
      const picture = app.world.named?.shift();
      if (!picture)
        throw errorOf('link_not_read', `${host} answered with HTTP 404.`, {
          host,
          reason: 'HTTP 404',
          why: 'status',
          status: '404',
        });
      const loaded = { ...picture, link: url };
      const { found } = findMessage(app.world, message);
      found.pictures = [...found.pictures, loaded];
      return loaded;
    },
    'plugin:chat|size': ({ conversation, text, attachments, params }): RequestSize => {
      const earlier = find(conversation)?.messages ?? [];
      const chosen = app.world.attachments.filter(({ id }) => attachments.includes(id));
      const old = earlier.flatMap(({ pictures }) => pictures);
      const fresh = chosen.flatMap(({ picture }) => (picture ? [picture] : []));
      const taken = [...old, ...fresh].filter(({ refused }) => !refused);
      const kept = params.keepPictures === null ? taken : taken.slice(-params.keepPictures);
      const videos = [
        ...earlier.flatMap(({ videos }) => videos),
        ...chosen.flatMap(({ video }) => (video ? [video] : [])),
      ];
      const media = [...kept, ...videos].reduce((sum, { bytes }) => sum + base64Size(bytes), 0);
      return {
        bytes: 600 + text.length + media,
        limit: LIMIT,
        pictures: kept.length,
        picturesLimit: 50,
        leftOut: old.length + fresh.length - kept.length,
        videos: videos.length,
      };
    },
  };
}
