import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decideBody } from './decide-request.js';
import { readPlain } from './read-question.js';

const odd = fc.constantFrom<unknown>(null, '', 'a\0', '\ud800', -1, 0.5, 1e16, NaN, Infinity, true, [], {}, ['a'], [''], 'x'.repeat(1001), [{ slots: 1, duration_ms: 1 }], 1_000_001);
const usual = {
  name: fc.constantFrom('build', 'tëst', '😀'),
  depends_on: fc.constantFrom([], ['a'], ['a', 'b']),
  count: fc.integer({ min: 1, max: 1_000_000 }),
  running: fc.integer({ min: 0, max: 9 }),
  finished: fc.integer({ min: 0, max: 9 }),
  duration_ms: fc.constantFrom(0, 0.25, 1e15),
  memory_bytes: fc.constantFrom(0, 1e9),
  duration_by_parallelism: fc.constantFrom([], [{ slots: 2, duration_ms: 5 }]),
  pool_ids: fc.constantFrom([], ['p']),
};
const plain = fc.record(usual, { requiredKeys: ['name'] });
/** With one field as it must not be, or one too many. */
const twisted = fc.tuple(plain, fc.constantFrom(...Object.keys(usual), '__proto__x', 'extra'), odd).map(([task, key, value]) => ({ ...task, [key]: value }));
const bodyOf = (tasks: readonly unknown[]) => ({ pools: [{ pool_id: 'p', slots: 1, free_slots: 1 }], runs: [{ run_id: 'r', submitted_at_ms: 0, tasks }] });

describe('tasks that are read by hand', () => {
  it('are what the schema makes of them, or left to the schema', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof({ weight: 4, arbitrary: plain }, { weight: 1, arbitrary: twisted }, { weight: 1, arbitrary: odd }), { minLength: 1, maxLength: 4 }), (tasks) => {
        const read = readPlain(bodyOf(tasks));
        const parsed = decideBody.safeParse(bodyOf(tasks));
        if (read !== undefined) expect(read).toEqual(parsed.data);
      }),
      { numRuns: 1000 },
    );
  });

  it('are read so wherever they are as usual', () => {
    fc.assert(
      fc.property(fc.array(plain.filter(({ duration_by_parallelism: by = [] }) => by.length === 0), { minLength: 1, maxLength: 4 }), (tasks) => {
        expect(readPlain(bodyOf(tasks))).toEqual(decideBody.parse(bodyOf(tasks)));
      }),
    );
  });

  it('are left to the schema where anything else is wrong', () => {
    for (const body of [null, {}, { ...bodyOf([{ name: 'a' }]), extra: 1 }, bodyOf([]), { ...bodyOf([{ name: 'a' }]), pools: [] }]) expect(readPlain(body)).toBeUndefined();
  });
});
