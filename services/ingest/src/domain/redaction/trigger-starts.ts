const slots = 0x10000;

/** Where three letters stand in the table; capitals and small letters share a slot, and so may others. Takes codes with bit 0x20 set. */
export function slotOf(first: number, second: number, third: number): number {
  return (first * 961 + second * 31 + third) & (slots - 1);
}

/**
 * A table of the first three characters of everything that some expressions can match.
 *
 * @param sources expressions whose alternatives each start with three plain characters, escaped characters or sets of characters
 */
export function startTable(sources: readonly string[]): Uint8Array {
  const table = new Uint8Array(slots);
  for (const alternative of sources.flatMap(alternativesOf)) {
    for (const start of startsOf(alternative)) {
      table[slotOf(start.charCodeAt(0) | 0x20, start.charCodeAt(1) | 0x20, start.charCodeAt(2) | 0x20)] = 1;
    }
  }
  return table;
}

/** Splits at bars outside of groups. */
function alternativesOf(source: string): readonly string[] {
  return source.split(/\|(?![^(]*\))/);
}

const atom = /\[([^\]]+)\]|\\(.)|(.)/gy;

function startsOf(alternative: string): readonly string[] {
  atom.lastIndex = 0;
  const letters = [atom.exec(alternative), atom.exec(alternative), atom.exec(alternative)].map((match) => match?.[1] ?? match?.[2] ?? match?.[3] ?? '');
  return letters.reduce<readonly string[]>((starts, choices) => starts.flatMap((start) => [...choices].map((choice) => start + choice)), ['']);
}
