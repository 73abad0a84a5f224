import type { Attachment } from '$lib/ipc/contract/Attachment';

/** Where the page of a PDF is that comes before this one, or before what is said of the rest. */
export function pageBefore(all: Attachment[], { name, error }: Attachment): number {
  const page = /^(.+) · (\d+)$/.exec(name);
  if (page) return all.findLastIndex((one) => one.name === `${page[1]} · ${Number(page[2]) - 1}`);
  if (error?.code !== 'pdf_pages') return -1;
  return all.findLastIndex((one) => one.name.startsWith(`${name} · `));
}
