/**
 * Does a paste hold something that the app must read: a picture or files?
 *
 * Plain text alone is left to the field it is pasted into. So is formatted
 * text that comes with a picture of itself, as from a spreadsheet.
 */
export function wantsApp(data: DataTransfer | null): boolean {
  if (!data) return true;
  const types = [...data.types];
  const text = data.getData('text/plain');
  if (text === '' || types.includes('text/uri-list')) return true;
  if (types.includes('text/html') || types.includes('text/rtf')) return false;
  return data.files.length > 0 || types.some((type) => type === 'Files' || /^image\//.test(type));
}
