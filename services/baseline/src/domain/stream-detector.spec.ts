import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeStreamState, encodeStreamState } from './stream-detector-codec.js';
import { alarmNovelty, alarmScore, emptyStreamState, observe, type StreamObservation, type StreamState } from './stream-detector.js';

const minuteMs = 60_000;
const startMs = Date.UTC(2024, 0, 1);

interface Sample {
  readonly timestampMs: number;
  readonly value: number;
}

function follow(samples: readonly Sample[], from: StreamState = emptyStreamState()): { state: StreamState; seen: StreamObservation[] } {
  let state = from;
  const seen = samples.map(({ timestampMs, value }) => {
    const observation = observe(state, timestampMs, value);
    state = observation.state;
    return observation;
  });
  return { state, seen };
}

function series(length: number, stepMinutes: number, valueAt: (index: number, timestampMs: number) => number): Sample[] {
  return Array.from({ length }, (_, index) => {
    const timestampMs = startMs + index * stepMinutes * minuteMs;
    return { timestampMs, value: valueAt(index, timestampMs) };
  });
}

function alarmsOf(seen: readonly StreamObservation[]): number[] {
  return seen.flatMap(({ score }, index) => (score >= alarmScore ? [index] : []));
}

/** Noise in [-1, 1] that is the same on every machine. Source: Appleby, MurmurHash3, the finaliser of 32 bits. */
function noise(index: number): number {
  let mixed = Math.imul(index + 1, 0x9e3779b1);
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 31 - 1;
}

/** A busy machine: a saw with noise on it. */
function usual(index: number): number {
  return 35 + (index % 10) + noise(index) / 2;
}

const hourOf = (timestampMs: number): number => (timestampMs / 3_600_000) % 24;
const weekdayOf = (timestampMs: number): number => Math.floor(timestampMs / 86_400_000 + 4) % 7;

/** Every number there is, with the awkward ones often. */
const anyNumber = fc.oneof(fc.double(), fc.constantFrom(0, -0, 1, 1e-320, 1e308, -1e308, Number.NaN, Infinity, -Infinity), fc.integer({ min: -5, max: 5 }));

function numbersIn(value: unknown): number[] {
  if (typeof value === 'number') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(numbersIn) : [];
}

describe('stream detector', () => {
  it.each([
    ['a constant', () => 45],
    ['zeros', () => 0],
    ['a square wave', (index: number) => (index % 288 < 100 ? 80 : 20)],
    ['a daily spike', (index: number) => (index % 288 === 60 ? 90 : 2)],
  ])('never alarms on %s', (_name, valueAt) => {
    const { seen } = follow(series(3000, 5, valueAt));

    expect(alarmsOf(seen).filter((index) => index > 600)).toEqual([]);
  });

  it('alarms at once, and once, when a level that was never seen begins', () => {
    const { seen } = follow(series(2000, 5, (index) => usual(index) + (index < 1500 ? 0 : 50)));

    expect(alarmsOf(seen)).toEqual([1500]);
  });

  it('does not tell again what came back after it was told', () => {
    const { seen } = follow(series(2500, 5, (index) => (index === 1000 || index === 1500 || index === 2000 ? 90 : usual(index))));

    expect(alarmsOf(seen)).toEqual([1000]);
  });

  it('alarms in pure noise less than once in a thousand samples after the first thousand', () => {
    const { seen } = follow(series(20_000, 5, noise));

    expect(alarmsOf(seen).filter((index) => index > 1000).length).toBeLessThan(19);
  });

  it('alarms on a constant that moves', () => {
    const { seen } = follow(series(1000, 5, (index) => (index < 800 ? 45 : 46)));

    expect(alarmsOf(seen)).toEqual([800]);
  });

  it('alarms on a usual value at an unusual time of the day', () => {
    const busy = (timestampMs: number): boolean => hourOf(timestampMs) >= 9 && hourOf(timestampMs) < 18;
    const silentDay = 12;
    const { seen } = follow(series(14 * 288, 5, (index, timestampMs) => (busy(timestampMs) && Math.floor(index / 288) !== silentDay ? 80 : 20) + noise(index)));

    const [first, ...others] = alarmsOf(seen).filter((index) => index > 5 * 288);
    expect(first).toBe(silentDay * 288 + 9 * 12);
    expect(others.filter((index) => index > (silentDay + 1) * 288)).toEqual([]);
  });

  it('learns the week where it tells more than the day', () => {
    const rests = (timestampMs: number): boolean => weekdayOf(timestampMs) === 0 || weekdayOf(timestampMs) === 6;
    const holiday = 7 * 8 + 2;
    const { state, seen } = follow(series(7 * 10 * 24, 60, (index, timestampMs) => (rests(timestampMs) || Math.floor(index / 24) === holiday ? 20 : 80) + noise(index)));

    const late = alarmsOf(seen).filter((index) => index > 7 * 6 * 24);
    expect(late[0]).toBe(holiday * 24);
    expect(observe(state, startMs + 7 * 10 * 24 * 60 * minuteMs, 80).expected).toBeGreaterThan(70);
  });

  it('says what was expected and how far off the value is', () => {
    const { state } = follow(series(500, 5, (index) => 100 + noise(index)));

    const { expected, deviation } = observe(state, startMs + 500 * 5 * minuteMs, 90);

    expect(expected).toBeCloseTo(100, 0);
    expect(deviation).toBeLessThan(-8);
  });

  it('is silent while it only learns', () => {
    const { seen } = follow(series(150, 5, (index) => index ** 3));

    expect(seen.every(({ score }) => score === 0)).toBe(true);
  });

  it('scores a novelty of the alarm level as one half', () => {
    expect(alarmNovelty / (alarmNovelty + alarmNovelty)).toBe(alarmScore);
  });

  describe('when the input is awkward', () => {
    it('stays finite and in its bounds for any values at any times', () => {
      fc.assert(
        fc.property(fc.array(fc.tuple(anyNumber, anyNumber), { maxLength: 400, size: 'max' }), (pairs) => {
          const { state, seen } = follow(pairs.map(([timestampMs, value]) => ({ timestampMs, value })));

          for (const { score, expected, deviation } of seen) {
            expect(score).toBeGreaterThanOrEqual(0);
            expect(score).toBeLessThan(1);
            expect(Number.isFinite(expected) && Number.isFinite(deviation)).toBe(true);
          }
          expect(numbersIn(state).every(Number.isFinite)).toBe(true);
        }),
        { numRuns: 60 },
      );
    });

    it('ignores what is no number and the exact repeat of a sample', () => {
      const { state } = follow(series(300, 5, noise));
      const nextMs = startMs + 300 * 5 * minuteMs;
      const once = observe(state, nextMs, 0.5).state;

      expect(observe(state, nextMs, Number.NaN).state).toBe(state);
      expect(observe(state, Number.NaN, 1).state).toBe(state);
      expect(observe(once, nextMs, 0.5).state).toBe(once);
    });

    it('takes a first sample, a gap and a step back in time without an alarm', () => {
      const gap = [...series(400, 5, usual), ...series(400, 5, usual).map(({ timestampMs, value }) => ({ timestampMs: timestampMs + 1e10, value }))];
      const back = [...gap, ...series(10, 5, usual)];

      expect(alarmsOf(follow(back).seen)).toEqual([]);
    });
  });

  describe('its state', () => {
    const samples = fc.array(fc.record({ timestampMs: fc.integer({ min: 0, max: 4e12 }), value: fc.double({ noNaN: true, min: -1e6, max: 1e6 }) }), { maxLength: 300, size: 'max' });

    it('survives encoding in the middle of a series byte for byte', () => {
      fc.assert(
        fc.property(samples, samples, (before, after) => {
          const middle = follow(before).state;
          const restored = decodeStreamState(encodeStreamState(middle));

          expect(restored).toEqual(middle);
          expect(encodeStreamState(follow(after, restored).state)).toEqual(encodeStreamState(follow(after, middle).state));
        }),
        { numRuns: 30 },
      );
    });

    it('keeps one size however long the series is', () => {
      const wild = series(20_000, 5, (index) => Math.tan(noise(index) * 1.57) * (1 + index));

      expect(encodeStreamState(follow(wild).state).length).toBeLessThan(13_000);
    });

    it('does not depend on the unit or the sign of the series', () => {
      const spiky = (index: number): number => noise(index) + (index % 311 === 300 ? index / 100 : 0);
      const plain = follow(series(1500, 5, spiky)).seen;
      const scaled = follow(series(1500, 5, (index) => -1024 * spiky(index))).seen;

      expect(alarmsOf(plain).length).toBeGreaterThan(0);
      expect(scaled.map(({ score }) => score)).toEqual(plain.map(({ score }) => score));
    });

    it('refuses bytes that it did not write', () => {
      const bytes = encodeStreamState(emptyStreamState());

      expect(() => decodeStreamState(bytes.slice(0, -1))).toThrow(expect.objectContaining({ code: 'ORRERY_VALIDATION' }));
      expect(() => decodeStreamState(Uint8Array.of(...bytes, 0))).toThrow(expect.objectContaining({ code: 'ORRERY_VALIDATION' }));
      expect(() => decodeStreamState(Uint8Array.of(9))).toThrow(expect.objectContaining({ code: 'ORRERY_VALIDATION' }));
    });
  });
});
