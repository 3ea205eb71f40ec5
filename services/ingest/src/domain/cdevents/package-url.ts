const digestVersion = /^(sha(?:1|224|256|384|512)):([0-9a-f]{40,128})$/i;

/**
 * The digest that a package URL has as its version, as images of registries do; undefined when it has another version or none.
 *
 * @example
 * digestOfPurl('pkg:oci/app@sha256%3A0b31…') // 'sha256:0b31…'
 */
export function digestOfPurl(purl: string): string | undefined {
  const match = digestVersion.exec(partsOf(purl).version ?? '');
  return match === null ? undefined : `${match[1]?.toLowerCase()}:${match[2]?.toLowerCase()}`;
}

/** The package's name with its namespace but without type, version and qualifiers. */
export function nameOfPurl(purl: string): string {
  return partsOf(purl).name;
}

// pkg:type/namespace/name@version?qualifiers#subpath
function partsOf(purl: string): { readonly name: string; readonly version: string | undefined } {
  const [bare = ''] = purl.split(/[?#]/, 1);
  const at = bare.lastIndexOf('@');
  const path = at > 0 ? bare.slice(0, at) : bare;
  return { name: path.slice(path.indexOf('/') + 1), version: at > 0 ? decoded(bare.slice(at + 1)) : undefined };
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
