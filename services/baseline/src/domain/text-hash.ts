/** A 32-bit hash of a text, never 0: keeps bounded sets of texts small. FNV-1a, Noll 1991, over UTF-16 units. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ (text.charCodeAt(index) & 0xff), 0x01000193);
    hash = Math.imul(hash ^ (text.charCodeAt(index) >>> 8), 0x01000193);
  }
  return hash >>> 0 || 1;
}
