import { describe, expect, it } from '@jest/globals';
import type { Policy } from '../api/schedule-shapes.js';
import { servingFirst } from './policy-order.js';

const policy = (name: string, part: Partial<Policy>): Policy => ({ name, policy: name, version: 0, kind: 'heuristic', serving: false, description: '', created_at: null, fault: null, ...part });

describe('the list of policies', () => {
  it('begins with what serves, and ends with heuristics in their order', () => {
    const listed = [policy('fifo', {}), policy('fair', {}), policy('learned', { kind: 'shipped', version: 1, serving: true }), policy('learned-2', { kind: 'learned', version: 2 }), policy('learned-3', { kind: 'learned', version: 3 })];
    expect(servingFirst(listed).map(({ name }) => name)).toEqual(['learned', 'learned-3', 'learned-2', 'fifo', 'fair']);
  });
});
