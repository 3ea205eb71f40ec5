import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { extentOf, spanOf, tickText, ticksOf, zoomed } from './time-axis.js';

const span = (fromMs: number, toMs: number) => ({ fromMs, toMs });

describe('spanOf', () => {
  it('holds all instants and passes over what is none', () => {
    expect(spanOf(['1970-01-01T00:00:05Z', null, 'soon', 2000])).toEqual(span(2000, 5000));
  });

  it('is never empty, and null where nothing is known', () => {
    expect(spanOf([7])).toEqual(span(7, 8));
    expect(spanOf([null])).toBeNull();
  });
});

describe('ticksOf', () => {
  it('marks round times from the start of the run', () => {
    expect(ticksOf(span(1000, 11_000), 1000, 6).map(({ offsetMs }) => offsetMs)).toEqual([0, 2000, 4000, 6000, 8000, 10_000]);
  });

  it('marks whole days of very long runs', () => {
    expect(ticksOf(span(0, 30 * 86_400_000), 0, 6).map(({ offsetMs }) => offsetMs / 86_400_000)).toEqual([0, 5, 10, 15, 20, 25, 30]);
  });

  it('has place for all its marks', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 40 }), fc.integer({ min: 1, max: 20 }), (lengthMs, atMost) => {
        const ticks = ticksOf(span(500, 500 + lengthMs), 500, atMost);
        expect(ticks.length).toBeLessThanOrEqual(atMost + 1);
        for (const { position } of ticks) expect(position >= 0 && position <= 1).toBe(true);
      }),
    );
  });
});

describe('tickText', () => {
  it.each([
    [0, '0'],
    [500, '500 ms'],
    [1500, '1.5 s'],
    [30_000, '30 s'],
    [60_000, '1 min'],
    [150_000, '2 min 30 s'],
    [5_400_000, '1 h 30 min'],
    [108_000_000, '1 d 6 h'],
    [-200, '−200 ms'],
  ])('writes %p as %p', (offsetMs, text) => {
    expect(tickText(offsetMs)).toBe(text);
  });
});

describe('extentOf', () => {
  it('is the share of the span, cut at its edges', () => {
    expect(extentOf(span(25, 50), span(0, 100))).toEqual({ left: 0.25, width: 0.25 });
    expect(extentOf(span(-50, 150), span(0, 100))).toEqual({ left: 0, width: 1 });
  });

  it('keeps a moment that took no time', () => {
    expect(extentOf(span(50, 50), span(0, 100))).toEqual({ left: 0.5, width: 0 });
  });

  it('is null outside', () => {
    expect(extentOf(span(-20, -10), span(0, 100))).toBeNull();
    expect(extentOf(span(101, 110), span(0, 100))).toBeNull();
  });
});

describe('zoomed', () => {
  it('keeps what lies under the focus in its place', () => {
    expect(zoomed(span(0, 100), span(0, 100), 0.5, 0.5)).toEqual(span(25, 75));
    expect(zoomed(span(0, 100), span(0, 100), 0.5, 0)).toEqual(span(0, 50));
  });

  it('never leaves the run', () => {
    const whole = span(0, 1000);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 900 }), fc.double({ min: 0.1, max: 10, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }), (fromMs, factor, focus) => {
        const { fromMs: left, toMs } = zoomed(span(fromMs, fromMs + 100), whole, factor, focus);
        expect(left).toBeGreaterThanOrEqual(0);
        expect(toMs).toBeLessThanOrEqual(1000.0001);
        expect(toMs).toBeGreaterThan(left);
      }),
    );
  });
});
