import { describe, expect, it } from '@jest/globals';
import { roleOf, type BlockPlan } from './block-plan.js';
import { armIn, heldBack, type StandingExperiment } from './experiment.js';

const plan: BlockPlan = { experimentId: 'one', startedMs: 0, blockMs: 1000, burnInMs: 100, blockCount: 200, holdOut: 0.1, rampBlocks: 0 };
const experiment: StandingExperiment = { experimentId: 'one', name: 'try', kind: 'switchback', status: 'running', policy: 'learned', control: 'tuned', plan, keepsHoldOut: true, rollsOut: false, verdict: null, reason: '' };
const shadow: StandingExperiment = { ...experiment, experimentId: 'two', name: 'watch', kind: 'shadow', policy: 'learned-2', control: '', plan: null, keepsHoldOut: false };
const middle = (block: number) => block * 1000 + 500;
const later = Array.from({ length: 400 }, (_, index) => middle(plan.blockCount + index));

describe('an experiment that runs', () => {
  it('lets its policy decide in treated blocks, and the control in all others', () => {
    for (let block = 0; block < plan.blockCount; block += 1) {
      const isTreated = roleOf(plan, block) === 'treatment';
      expect(armIn({ running: experiment, ended: undefined }, middle(block))).toEqual({ experimentId: 'one', arm: isTreated ? 'treatment' : 'control', policy: isTreated ? 'learned' : 'tuned', shadow: undefined });
    }
  });

  it('leaves all but the held-out blocks to what serves once its last block is over', () => {
    const policies = later.map((nowMs) => armIn({ running: experiment, ended: undefined }, nowMs)?.policy);

    expect(new Set(policies)).toEqual(new Set(['tuned', undefined]));
  });

  it('as a shadow decides beside whatever decides', () => {
    expect(armIn({ running: shadow, ended: undefined }, 5)).toEqual({ experimentId: 'two', arm: 'control', policy: undefined, shadow: 'learned-2' });
    const policies = later.map((nowMs) => armIn({ running: shadow, ended: { ...experiment, status: 'completed' } }, nowMs));
    expect(new Set(policies.map((arm) => arm?.policy))).toEqual(new Set(['tuned', undefined]));
    expect(new Set(policies.map((arm) => arm?.shadow))).toEqual(new Set(['learned-2']));
  });
});

describe('an experiment that has ended', () => {
  const after = (given: Partial<StandingExperiment>) => later.map((nowMs) => armIn({ running: undefined, ended: { ...experiment, ...given } }, nowMs)?.policy);

  it('keeps its hold-out, as long as that is wanted', () => {
    const kept = after({ status: 'completed', verdict: 'better' });

    expect(kept.filter((policy) => policy === 'tuned').length / kept.length).toBeCloseTo(0.1, 1);
    expect(new Set(after({ status: 'stopped', keepsHoldOut: false }))).toEqual(new Set([undefined]));
  });

  it('rolls out what was clearly better, where that was said beforehand', () => {
    expect(new Set(after({ status: 'completed', verdict: 'better', rollsOut: true }))).toEqual(new Set(['tuned', 'learned']));
    expect(after({ status: 'completed', verdict: 'undecided', rollsOut: true })).not.toContain('learned');
    expect(after({ status: 'stopped', verdict: 'better', rollsOut: true })).not.toContain('learned');
  });

  it('holds learned policies back where it was rolled back, until the next one begins', () => {
    const ended = { ...experiment, status: 'rolled_back' as const, reason: 'runs took 40 % longer' };

    expect(new Set(after({ status: 'rolled_back' }))).toEqual(new Set(['tuned']));
    expect(heldBack({ running: undefined, ended })).toBe('experiment try was rolled back: runs took 40 % longer');
    expect(heldBack({ running: shadow, ended })).toBeDefined();
    expect(heldBack({ running: experiment, ended })).toBeUndefined();
    expect(heldBack({ running: undefined, ended: { ...ended, status: 'stopped' } })).toBeUndefined();
  });
});
