import type { Area } from '$lib/ipc/contract/Area';
import type { Mark } from '$lib/ipc/contract/Mark';
import type { PictureOptions } from '$lib/ipc/contract/PictureOptions';
import type { Point } from '$lib/ipc/contract/Point';

/** What can be done by dragging over a picture. */
export type Tool = 'crop' | Mark['type'];

/** A width and a height. */
export interface Size {
  width: number;
  height: number;
}

/** Where something is shown in the window, in its pixels. */
export interface Box extends Size {
  left: number;
  top: number;
}

/** From where to where was dragged, in pixels of the master. */
export interface Stroke {
  from: Point;
  to: Point;
}

const SMALLEST = 0.02;
const LARGEST = 16;
const STEP = 1.25;

/** Nothing chosen for a picture. */
export function noOptions(): PictureOptions {
  return { original: false, whole: false, crop: null, marks: [] };
}

function between(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(value, most));
}

/** The pixel of the master under a point of the window, the nearest where that is beside it. */
export function toMaster(at: { x: number; y: number }, shown: Box, master: Size): Point {
  const x = Math.floor(((at.x - shown.left) / (shown.width || 1)) * master.width);
  const y = Math.floor(((at.y - shown.top) / (shown.height || 1)) * master.height);
  return { x: between(x, 0, master.width - 1), y: between(y, 0, master.height - 1) };
}

/** What lies between two pixels, both included. */
export function areaOf({ from, to }: Stroke): Area {
  return {
    x: Math.min(from.x, to.x),
    y: Math.min(from.y, to.y),
    width: Math.abs(from.x - to.x) + 1,
    height: Math.abs(from.y - to.y) + 1,
  };
}

/** The mark that a stroke of a tool makes. */
export function markOf(tool: Mark['type'], stroke: Stroke): Mark {
  if (tool === 'arrow') return { type: 'arrow', ...stroke };
  return { type: tool, area: areaOf(stroke) };
}

/** The middle of a picture: where a stroke begins that is drawn by keys. */
export function middle({ width, height }: Size): Stroke {
  const at = (part: number) => ({
    x: Math.floor((width - 1) * part),
    y: Math.floor((height - 1) * part),
  });
  return { from: at(0.25), to: at(0.75) };
}

/** A stroke moved by so many pixels, or only its end; it stays within the master. */
export function moved(stroke: Stroke, by: Point, master: Size, onlyEnd: boolean): Stroke {
  const { from, to } = stroke;
  const right = master.width - 1;
  const bottom = master.height - 1;
  if (onlyEnd) {
    const end = { x: between(to.x + by.x, 0, right), y: between(to.y + by.y, 0, bottom) };
    return { from, to: end };
  }
  const x = between(by.x, -Math.min(from.x, to.x), right - Math.max(from.x, to.x));
  const y = between(by.y, -Math.min(from.y, to.y), bottom - Math.max(from.y, to.y));
  return { from: { x: from.x + x, y: from.y + y }, to: { x: to.x + x, y: to.y + y } };
}

/** The scale at which all of a picture is seen; it is never enlarged. */
export function fitScale(picture: Size, room: Size): number {
  const fits = Math.min(room.width / picture.width, room.height / picture.height, 1);
  return Number.isFinite(fits) && fits > 0 ? fits : 1;
}

/** A scale that is neither too small nor too large. */
export function within(scale: number): number {
  return between(scale, SMALLEST, LARGEST);
}

/** The next larger or smaller scale; it does not step over 100 %. */
export function stepScale(scale: number, larger: boolean): number {
  const next = within(larger ? scale * STEP : scale / STEP);
  return (scale < 1 && next > 1) || (scale > 1 && next < 1) ? 1 : next;
}

/** The head of an arrow, as the points of a polygon. */
export function arrowHead({ from, to }: Stroke, size: number): string {
  const angle = Math.atan2(to.y - from.y, to.x - from.x);
  const wing = (turn: number) =>
    `${to.x - size * Math.cos(angle + turn)},${to.y - size * Math.sin(angle + turn)}`;
  return `${to.x},${to.y} ${wing(0.45)} ${wing(-0.45)}`;
}
