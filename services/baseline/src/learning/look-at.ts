/** Facts of one moment come over several topics: this long after one was recorded, the others are there. */
const settleMs = 10_000;

/** What was due so long before it was told is history: an import, not something that is missing now. */
const historyMs = 24 * 3_600_000;

/** When to look whether something that is due has come; null for history. */
export function lookAt(dueAtMs: number, recordedAtMs: number): number | null {
  return recordedAtMs - dueAtMs > historyMs ? null : Math.max(dueAtMs, recordedAtMs + settleMs);
}
