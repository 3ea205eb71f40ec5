import type { Sequence } from './sequence.js';

/** An attribute that tells something beside the symbol, as numbers: numeric ones as they are, others by their rank among the most frequent. */
export interface AttributeColumn {
  readonly name: string;
  /** The values of a categorical attribute, most frequent first; undefined for a numeric one. */
  readonly values: readonly string[] | undefined;
}

/** Values of a categorical attribute that are kept apart; the rest count as one. */
const maxValues = 250;

/** Attributes looked at, the most frequently present first. */
const maxAttributes = 30;

/**
 * Finds the attributes worth a column: those with more than one value that are not the symbol, or an earlier attribute, under another name.
 * Only the training part may be given, as what is rare there must be unknown later.
 */
export function discoverAttributes(sequences: readonly Sequence[]): readonly AttributeColumn[] {
  const events = sequences.flatMap((sequence) => sequence.events);
  const presence = new Map<string, number>();
  for (const { attributes } of events) for (const name of Object.keys(attributes)) presence.set(name, (presence.get(name) ?? 0) + 1);
  const names = [...presence].sort((one, other) => other[1] - one[1] || (one[0] < other[0] ? -1 : 1)).map(([name]) => name);
  const seen = [partition(events.map(({ symbol }) => symbol))];
  const columns: AttributeColumn[] = [];
  for (const name of names) {
    const texts = events.map(({ attributes }) => String(attributes[name] ?? ''));
    const parts = partition(texts);
    if (columns.length >= maxAttributes || parts.every((part) => part === 0) || seen.some((other) => isSame(other, parts))) continue;
    seen.push(parts);
    columns.push({ name, values: valuesOf(texts.filter((text) => text !== '')) });
  }
  return columns;
}

/** The number that stands for a value; NaN for an absent one, and for a text where numbers are expected. */
export function attributeNumber({ values }: AttributeColumn, rankOf: ReadonlyMap<string, number> | undefined, value: string | number | undefined): number {
  if (value === undefined || value === '') return Number.NaN;
  return values === undefined ? Number(value) : (rankOf?.get(String(value)) ?? values.length);
}

/** Numbers values by their first occurrence: two attributes that part the events alike get the same numbers. */
function partition(texts: readonly string[]): Int32Array {
  const ids = new Map<string, number>();
  return Int32Array.from(texts, (text) => {
    const id = ids.get(text) ?? ids.size;
    ids.set(text, id);
    return id;
  });
}

function isSame(one: Int32Array, other: Int32Array): boolean {
  return one.every((id, index) => id === other[index]);
}

function valuesOf(texts: readonly string[]): readonly string[] | undefined {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  if ([...counts.keys()].every((text) => Number.isFinite(Number(text)))) return undefined;
  return byFrequency(counts).slice(0, maxValues);
}

/** Keys, most frequent first, equal ones by their text. */
export function byFrequency(counts: ReadonlyMap<string, number>): readonly string[] {
  return [...counts].sort((one, other) => other[1] - one[1] || (one[0] < other[0] ? -1 : 1)).map(([key]) => key);
}
