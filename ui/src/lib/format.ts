import { m } from '$lib/paraglide/messages';
import { getLocale } from '$lib/paraglide/runtime';

/** A whole number, grouped: `1,355`. */
export function whole(value: number): string {
  return new Intl.NumberFormat(getLocale()).format(Math.round(value));
}

/** A number with so many digits after the point at most. */
function decimal(value: number, digits: number): string {
  return new Intl.NumberFormat(getLocale(), { maximumFractionDigits: digits }).format(value);
}

/** A size on disk: `412 KB`, `1.4 MB`; 1 KB is 1024 bytes. */
export function bytes(value: number): string {
  if (value < 1024) return `${whole(value)} B`;
  if (value < 1024 * 1024) return `${whole(value / 1024)} KB`;
  if (value < 1024 ** 3) return `${decimal(value / 1024 ** 2, 1)} MB`;
  return `${decimal(value / 1024 ** 3, 1)} GB`;
}

/** Width and height in pixels: `4032 × 3024`. */
export function dimensions(width: number, height: number): string {
  return `${width} × ${height}`;
}

/** A number of pixels: `100 megapixels`, `10,000 万像素`. */
export function pixels(value: number): string {
  const unit = getLocale() === 'zh-CN' ? 1e4 : 1e6;
  return m.megapixels({ count: decimal(value / unit, 1) });
}

/** A short time: `6 s`, `2 min 5 s`, `6 秒`; precisely `0.42 s`, `12.3 s`. */
export function duration(ms: number, precise = false): string {
  const seconds = ms / 1000;
  const zh = getLocale() === 'zh-CN';
  const second = zh ? '秒' : 's';
  if (precise) return `${decimal(seconds, seconds < 10 ? 2 : 1)} ${second}`;
  const rounded = Math.max(1, Math.round(seconds));
  if (rounded < 60) return `${rounded} ${second}`;
  const minutes = Math.floor(rounded / 60);
  const rest = rounded % 60;
  if (zh) return rest ? `${minutes} 分 ${rest} 秒` : `${minutes} 分`;
  return rest ? `${minutes} min ${rest} s` : `${minutes} min`;
}

/** A day: `Mar 1, 2025`, `2025年3月1日`. */
export function date(at: number): string {
  return new Intl.DateTimeFormat(getLocale(), { dateStyle: 'medium' }).format(at);
}

/** How long ago: `2 minutes ago`, `昨天`. */
export function ago(then: number, now: number): string {
  const format = new Intl.RelativeTimeFormat(getLocale(), { numeric: 'auto' });
  const minutes = Math.round((then - now) / 60_000);
  const hours = Math.round(minutes / 60);
  const said =
    minutes > -60
      ? format.format(Math.min(0, minutes), 'minute')
      : hours > -24
        ? format.format(hours, 'hour')
        : format.format(Math.round(hours / 24), 'day');
  // A blank stands between figures and Han.
  return said.replace(/(\d)(?=\p{Script=Han})/gu, '$1 ');
}

/** When something was: `14:03` today, `3 Nov, 14:03` this year, else with the year. */
export function when(at: number): string {
  const [then, now] = [new Date(at), new Date()];
  const today = then.toDateString() === now.toDateString();
  const thisYear = then.getFullYear() === now.getFullYear();
  return new Intl.DateTimeFormat(getLocale(), {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    ...(today ? {} : { day: 'numeric', month: 'short' }),
    ...(thisYear ? {} : { year: 'numeric' }),
  }).format(then);
}

/** All of a time: its day of the week, date and time. */
export function wholeTime(at: number): string {
  return new Intl.DateTimeFormat(getLocale(), { dateStyle: 'full', timeStyle: 'medium' }).format(
    at,
  );
}

/** A time of the day; with its day when that is another one: `14:03`, `Mon 14:03`. */
export function timeOfDay(at: number): string {
  const today = new Date(at).toDateString() === new Date().toDateString();
  return new Intl.DateTimeFormat(getLocale(), {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hour12: false,
    ...(today ? {} : { weekday: 'short' }),
  }).format(at);
}
