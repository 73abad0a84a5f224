/**
 * Could this base URL need the user's leave: `http` to a machine of a network
 * of one's own? The app decides; this only shows the question in time.
 */
export function mayNeedPrivate(baseUrl: string): boolean {
  if (!URL.canParse(baseUrl.trim())) return false;
  const { protocol, hostname } = new URL(baseUrl.trim());
  const host = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  return protocol === 'http:' && (isPrivateAddress(host) || isPrivateName(host));
}

/** RFC 1918, RFC 6598, RFC 4193. */
function isPrivateAddress(host: string): boolean {
  return (
    /^10\.[\d.]+$/.test(host) ||
    /^192\.168\.[\d.]+$/.test(host) ||
    /^172\.(1[6-9]|2\d|3[01])\.[\d.]+$/.test(host) ||
    /^100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.[\d.]+$/.test(host) ||
    /^f[cd][0-9a-f]{2}:/i.test(host)
  );
}

/** Names that no public host has: mDNS, home routers, single labels. */
function isPrivateName(host: string): boolean {
  if (/[:]|^[\d.]+$/.test(host) || /(^|\.)localhost$/.test(host)) return false;
  return /\.(local|lan|home\.arpa)$/.test(host) || !host.includes('.');
}
