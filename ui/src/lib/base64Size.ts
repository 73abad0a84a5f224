/** Bytes of base64 that so many bytes become. */
export function base64Size(size: number): number {
  return Math.ceil(size / 3) * 4;
}
