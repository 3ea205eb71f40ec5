/**
 * The function, with its answers kept for as long as what they are made of lives: many questions are asked about one history while it stands,
 * and most of the work does not depend on the question. A key that changes gets the answer of what it was: give it what is never changed.
 */
export function memoised<Key extends object, Value>(make: (key: Key) => Value): (key: Key) => Value {
  const known = new WeakMap<Key, { readonly value: Value }>();
  return (key) => {
    const found = known.get(key);
    if (found !== undefined) return found.value;
    const value = make(key);
    known.set(key, { value });
    return value;
  };
}
