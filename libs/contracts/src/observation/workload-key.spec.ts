import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { keyId, levelsOf, type WorkloadKey } from './workload-key.js';

const build: WorkloadKey = { tenantId: 'tenant-1', subject: 'task', engine: 'github', namespace: 'acme/shop', workflow: 'release', task: 'build', image: '', commandHash: '', executorClass: '' };
const keyWith = (changes: Partial<WorkloadKey>): WorkloadKey => ({ ...build, ...changes });

describe('levels of a key', () => {
  it('go from every field to workflow and task', () => {
    const levels = levelsOf(keyWith({ image: 'node:24', commandHash: 'c1', executorClass: 'large' }));

    expect(levels.map(({ level, key: { image, commandHash, executorClass } }) => [level, image, commandHash, executorClass])).toEqual([
      [0, 'node:24', 'c1', 'large'],
      [1, '', '', 'large'],
      [2, 'node:24', 'c1', ''],
      [3, '', '', ''],
    ]);
  });

  it('are one where there is nothing to leave out', () => {
    expect(levelsOf(keyWith({})).map(({ level }) => level)).toEqual([0]);
    expect(levelsOf(keyWith({ subject: 'run', task: '' }))).toHaveLength(1);
  });

  it('have exactly one that anomalies are kept for, which survives a new image and command', () => {
    const text = fc.constantFrom('', 'a', 'b');
    const subjectOf = (image: string, commandHash: string, executorClass: string) => levelsOf(keyWith({ image, commandHash, executorClass })).filter(({ isSubject }) => isSubject).map((level) => level.keyId);

    fc.assert(
      fc.property(text, text, text, (image, commandHash, executorClass) => {
        expect(subjectOf(image, commandHash, executorClass)).toHaveLength(1);
        expect(subjectOf(image, commandHash, executorClass)).toEqual(subjectOf('other', '', executorClass));
      }),
    );
  });

  it('have ids that differ when any field does, also where texts run together', () => {
    expect(keyId(keyWith({ workflow: 'ab', task: 'c' }))).not.toBe(keyId(keyWith({ workflow: 'a', task: 'bc' })));
    expect(keyId(keyWith({ tenantId: 'tenant-2' }))).not.toBe(keyId(keyWith({})));
    expect(keyId(keyWith({}))).toMatch(/^[0-9a-f]{32}$/);
  });
});
