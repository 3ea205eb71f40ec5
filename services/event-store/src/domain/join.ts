/**
 * The laws of the merge. A statement and a state have one type, and joining is the least upper bound of a semilattice:
 * `join(a, b) = join(b, a)`, `join(a, join(b, c)) = join(join(a, b), c)`, `join(a, a) = a`. So any order, any grouping and any
 * number of repeats of the same statements give the same state, which is what lets a log be replayed, split and redelivered.
 *
 * Every join returns its first argument itself when the second adds nothing, so that `===` tells whether a row has to be written.
 */
export type Join<Value> = (a: Value, b: Value) => Value;

/**
 * The greater of two values. Where producers contradict each other about a name or a link there is no clock for each field,
 * so a fixed total order decides: which of the two stands is arbitrary, that it is always the same one is not.
 */
export function greatest<Value extends string | number | boolean>(a: Value, b: Value): Value {
  return b > a ? b : a;
}

/** The lesser of two values: for starts, the earliest that anyone told. */
export function least<Value extends string | number>(a: Value, b: Value): Value {
  return b < a ? b : a;
}

/** The laws of a state's fields; null always means "not told" and gives way to anything told. */
export type FieldJoins<State> = { readonly [Field in keyof State]-?: Join<Exclude<State[Field], null>> };

/** Joins states field by field. */
export function fieldwise<State extends object>(joins: FieldJoins<State>): Join<State> {
  const fields = Object.keys(joins) as (keyof State)[];
  return (a, b) => {
    if (a === b) return a;
    let joined: State | undefined;
    for (const field of fields) {
      const value = joinNullable(joins[field] as Join<State[keyof State] & object>, a[field], b[field]);
      if (value === a[field]) continue;
      joined ??= { ...a };
      joined[field] = value;
    }
    return joined ?? a;
  };
}

function joinNullable<Value>(join: Join<Value & object>, a: Value, b: Value): Value {
  if (a === b || b === null) return a;
  return a === null ? b : join(a as Value & object, b as Value & object);
}

export interface KeyedOptions {
  /** How many entries are kept at most, so that no producer can grow a row without end. */
  readonly limit: number;
  /** Which keys are kept when there are more. @default 'least' */
  readonly keep?: 'least' | 'greatest';
}

/**
 * Joins lists of entries that ascend by key: entries of one key are joined, the others stand side by side. Keeping only the
 * `limit` least (or greatest) keys is a join too: an entry once pushed out can never come back.
 */
export function keyed<Entry, Key extends string | number>(
  keyOf: (entry: Entry) => Key,
  join: Join<Entry>,
  { limit, keep = 'least' }: KeyedOptions,
): Join<readonly Entry[]> {
  const cut = (entries: readonly Entry[]) => (keep === 'least' ? entries.slice(0, limit) : entries.slice(-limit));
  return (a, b) => {
    if (a === b || b.length === 0) return a;
    if (a.length === 0) return cut(b);
    const joined = cut(mergeAscending(a, b, { keyOf, join }));
    return joined.length === a.length && joined.every((entry, index) => entry === a[index]) ? a : joined;
  };
}

interface EntryLaw<Entry> {
  readonly keyOf: (entry: Entry) => string | number;
  readonly join: Join<Entry>;
}

function mergeAscending<Entry>(a: readonly Entry[], b: readonly Entry[], { keyOf, join }: EntryLaw<Entry>): Entry[] {
  const merged: Entry[] = [];
  let next = 0;
  for (const entry of a) {
    const key = keyOf(entry);
    while (next < b.length && keyOf(b[next] as Entry) < key) merged.push(b[next++] as Entry);
    const twin = next < b.length && keyOf(b[next] as Entry) === key ? (b[next++] as Entry) : undefined;
    merged.push(twin === undefined ? entry : join(entry, twin));
  }
  for (; next < b.length; next += 1) merged.push(b[next] as Entry);
  return merged;
}

/** Joins ascending sets of texts. */
export function unionOf(limit: number): Join<readonly string[]> {
  return keyed(
    (entry: string) => entry,
    (entry) => entry,
    { limit },
  );
}

/** The entries of a set in ascending order, each once. */
export function ascending(entries: Iterable<string>): readonly string[] {
  return [...new Set(entries)].sort(byCodeUnit);
}

/** Orders texts by their code units: the order of `<`, the same in every locale. */
export function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
