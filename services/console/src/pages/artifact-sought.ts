const algorithmByLength: ReadonlyMap<number, string> = new Map([
  [32, 'md5'],
  [40, 'sha1'],
  [64, 'sha256'],
  [128, 'sha512'],
]);

/** What is looked for: the hash of an artifact, with the algorithm that bare digits of its length come from, or else its address. */
export function artifactSought(text: string): { readonly hash: string } | { readonly uri: string } | null {
  const wanted = text.trim();
  if (wanted === '') return null;
  const [, algorithm, digits = ''] = /^(?:([a-z0-9]+):)?([0-9a-f]{32,128})$/i.exec(wanted) ?? [];
  const named = algorithm ?? algorithmByLength.get(digits.length);
  return named === undefined ? { uri: wanted } : { hash: `${named.toLowerCase()}:${digits.toLowerCase()}` };
}
