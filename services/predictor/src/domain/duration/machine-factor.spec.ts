import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { cpuShareOf, machineFactor, type MachineBenchmarks } from './machine-factor.js';

const local: MachineBenchmarks = { cpuScore: 400, ioScore: 400, taskSeconds: { align: 10, sort: 20, report: 5 } };
const scores = (cpuScore: number | null, ioScore: number | null): MachineBenchmarks => ({ cpuScore, ioScore, taskSeconds: {} });
const score = fc.double({ min: 1, max: 1e4, noNaN: true });

describe('machine factor', () => {
  it('is one between equal machines', () => {
    expect(machineFactor(local, local, { name: 'align', cpuShare: 0.7 })).toMatchObject({ factor: 1, basis: 'task' });
  });

  it('weighs processor and disk by what the task uses', () => {
    const slowProcessor = scores(200, 400);
    const factorFor = (cpuShare: number | null) => machineFactor(scores(400, 400), slowProcessor, { name: 'align', cpuShare }).factor;

    expect(factorFor(1)).toBeCloseTo(2, 9);
    expect(factorFor(0)).toBeCloseTo(1, 9);
    expect(factorFor(null)).toBeCloseTo(Math.SQRT2, 9);
  });

  it('believes a probe of the task most, and is surer with one', () => {
    const target: MachineBenchmarks = { cpuScore: 400, ioScore: 400, taskSeconds: { align: 20, sort: 20, report: 5 } };
    const probed = machineFactor(local, target, { name: 'align', cpuShare: null });
    const other = machineFactor(local, target, { name: 'merge', cpuShare: null });

    expect(probed.factor).toBeCloseTo(2 ** (2 / 3), 9);
    expect(other.factor).toBeCloseTo(1, 9);
    expect(other.basis).toBe('machine');
    expect(machineFactor(local, { ...target, cpuScore: 200, ioScore: 200 }, { name: 'align', cpuShare: null }).spread).toBeLessThan(other.spread);
  });

  it('says when nothing is known', () => {
    expect(machineFactor(scores(null, null), local, { name: 'align', cpuShare: null })).toEqual({ factor: 1, spread: 0.5, basis: 'none' });
  });

  it('there and back is one', () => {
    fc.assert(
      fc.property(score, score, score, score, (cpu, io, otherCpu, otherIo) => {
        const task = { name: 'align', cpuShare: 0.3 };

        expect(machineFactor(scores(cpu, io), scores(otherCpu, otherIo), task).factor * machineFactor(scores(otherCpu, otherIo), scores(cpu, io), task).factor).toBeCloseTo(1, 9);
      }),
    );
  });

  it('refuses figures that are no speeds', () => {
    expect(() => machineFactor(scores(0, 1), local, { name: 'align', cpuShare: null })).toThrow('above zero');
    expect(() => machineFactor(local, { ...local, taskSeconds: { align: Number.NaN } }, { name: 'align', cpuShare: null })).toThrow('above zero');
    expect(() => machineFactor(local, local, { name: 'align', cpuShare: 2 })).toThrow('within 0 and 1');
  });
});

describe('share of the processor', () => {
  it('falls with idle cores and with bytes moved', () => {
    expect(cpuShareOf({ busyCores: 7, ioBytesPerSecond: 0 })).toBe(1);
    expect(cpuShareOf({ busyCores: 1, ioBytesPerSecond: 100e6 })).toBe(0.5);
    expect(cpuShareOf({ busyCores: 0.2, ioBytesPerSecond: 0 })).toBeCloseTo(0.2, 9);
  });
});
