/**
 * The line of a manifest where a refused field stands: by the line that the
 * reason names, else by the last name in its path. `null` when it is not there.
 */
export function lineOfField(json: string, field: string, reason: string): number | null {
  const named = /\bline (\d+)/.exec(`${field} ${reason}`)?.[1];
  if (named) return Number(named);
  const names = field.match(/[A-Za-z_$][\w$-]*/g) ?? [];
  const lines = json.split('\n');
  // Each name is looked for below the one that holds it.
  let from = 0;
  let found: number | null = null;
  for (const name of names) {
    const at = lines.findIndex((line, index) => index >= from && line.includes(`"${name}"`));
    if (at < 0) break;
    from = at;
    found = at + 1;
  }
  return found;
}
