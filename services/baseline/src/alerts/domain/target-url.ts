/**
 * Says why a URL cannot be a target, or nothing. Whether its address may be reached is decided at each connection, not here: what a
 * name resolves to can change.
 */
export function refusedTarget(text: string): string | undefined {
  // The URL parser drops tabs and line ends without a word.
  if (/[\u0000-\u0020\u007f\\]/.test(text)) return 'a URL has no blanks, control characters or backslashes';
  if (!URL.canParse(text)) return 'expected a URL such as https://hooks.example.org/orrery';
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'expected a URL that begins with https:// (or http://, for allowed networks)';
  if (url.username !== '' || url.password !== '') return 'expected a URL without user and password';
  if (url.hash !== '') return 'expected a URL without #';
  return undefined;
}
