/**
 * Could this base URL need the user's leave to be used: `http` to something
 * that is not this computer? The app decides; this only shows the question.
 */
export function mayNeedPrivate(baseUrl: string): boolean {
  let url: URL;
  try {
    url = new URL(baseUrl.trim());
  } catch {
    return false;
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return false;
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (host === 'localhost' || host.endsWith('.localhost')) return false;
  if (/^127\./.test(host) || host === '::1') return false;
  return url.protocol === 'http:' || isPrivate(host);
}

/** An address of a network of one's own. */
function isPrivate(host: string): boolean {
  return (
    /^10\./.test(host) ||
    /^192\.168\./.test(host) ||
    /^172\.(1[6-9]|2\d|3[01])\./.test(host) ||
    /^f[cd][0-9a-f]{2}:/i.test(host)
  );
}
