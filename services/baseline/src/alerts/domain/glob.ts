/**
 * Tells whether a text fits a pattern in which `*` stands for any characters and `?` for one; all else stands for itself.
 * Takes at most pattern length x text length steps, whatever the pattern: it is the user's, so no regular expression is made of it.
 *
 * @example fitsGlob('nightly-*', 'nightly-build') // true
 */
export function fitsGlob(pattern: string, text: string): boolean {
  let at = 0;
  let next = 0;
  let star = -1;
  let resumeAt = 0;
  while (at < text.length) {
    if (pattern[next] === '*') {
      star = next++;
      resumeAt = at;
    } else if (next < pattern.length && (pattern[next] === '?' || pattern[next] === text[at])) {
      next++;
      at++;
    } else if (star >= 0) {
      // The last star takes one character more; earlier ones need no second look.
      next = star + 1;
      at = ++resumeAt;
    } else {
      return false;
    }
  }
  while (pattern[next] === '*') next++;
  return next === pattern.length;
}
