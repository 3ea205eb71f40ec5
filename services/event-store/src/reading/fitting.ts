/** An answer's long texts together, in characters. */
export const maxCharacters = 8 * 1024 * 1024;

/** The items of a list that fit into an answer; one at least. */
export function fitting<Item>(items: readonly Item[], sizeOf: (item: Item) => number): readonly Item[] {
  let characters = 0;
  const end = items.findIndex((item, index) => (characters += sizeOf(item)) > maxCharacters && index > 0);
  return end === -1 ? items : items.slice(0, end);
}
