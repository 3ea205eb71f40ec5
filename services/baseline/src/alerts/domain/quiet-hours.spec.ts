import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isTimeZone, quietUntil, type QuietHours } from './quiet-hours.js';

const at = (text: string) => Date.parse(text);
const until = (hours: QuietHours, now: string) => {
  const end = quietUntil(hours, at(now));
  return end === null ? null : new Date(end).toISOString();
};

describe('quiet hours', () => {
  const office: QuietHours = { from: '12:00', to: '13:30', time_zone: 'UTC' };
  const night: QuietHours = { from: '22:00', to: '07:00', time_zone: 'Europe/Berlin' };

  it.each([
    [office, '2024-05-01T11:59:59.999Z', null],
    [office, '2024-05-01T12:00:00.000Z', '2024-05-01T13:30:00.000Z'],
    [office, '2024-05-01T13:29:59.999Z', '2024-05-01T13:30:00.000Z'],
    [office, '2024-05-01T13:30:00.000Z', null],
    // Berlin is two hours ahead in summer, one in winter.
    [night, '2024-07-01T19:59:59.000Z', null],
    [night, '2024-07-01T20:00:00.000Z', '2024-07-02T05:00:00.000Z'],
    [night, '2024-07-02T04:59:00.000Z', '2024-07-02T05:00:00.000Z'],
    [night, '2024-12-31T23:30:00.000Z', '2025-01-01T06:00:00.000Z'],
    [night, '2024-07-02T05:00:00.000Z', null],
  ])('%j at %s end at %s', (hours, now, end) => {
    expect(until(hours, now)).toBe(end);
  });

  it('end at the time of the wall in the nights in which the clocks change', () => {
    // 2024-03-31 02:00 became 03:00, 2024-10-27 03:00 became 02:00.
    expect(until(night, '2024-03-30T22:30:00Z')).toBe('2024-03-31T05:00:00.000Z');
    expect(until(night, '2024-10-26T22:30:00Z')).toBe('2024-10-27T06:00:00.000Z');
  });

  it('end when the clocks change, if their end is skipped', () => {
    expect(until({ from: '23:00', to: '02:30', time_zone: 'Europe/Berlin' }, '2024-03-31T00:30:00Z')).toBe('2024-03-31T01:00:00.000Z');
  });

  it('end the first time, if their end comes twice', () => {
    const hours: QuietHours = { from: '23:00', to: '02:30', time_zone: 'Europe/Berlin' };

    expect(until(hours, '2024-10-27T00:15:00Z')).toBe('2024-10-27T00:30:00.000Z');
    expect(until(hours, '2024-10-27T01:15:00Z')).toBeNull();
  });

  it('know zones with offsets of half and quarter hours, and beyond the date line', () => {
    expect(until({ from: '00:00', to: '01:00', time_zone: 'Asia/Kathmandu' }, '2024-05-01T18:20:00Z')).toBe('2024-05-01T19:15:00.000Z');
    expect(until({ from: '00:00', to: '01:00', time_zone: 'Pacific/Kiritimati' }, '2024-05-01T10:30:00Z')).toBe('2024-05-01T11:00:00.000Z');
  });

  it('end after now, within a day and the hour of a clock change, and at their time of the wall', () => {
    const time = fc.tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 })).map(([hour, minute]) => `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`);
    const zone = fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'America/St_Johns', 'Australia/Lord_Howe', 'Asia/Kolkata', 'Pacific/Auckland');
    const moment = fc.integer({ min: at('2023-01-01T00:00:00Z'), max: at('2027-01-01T00:00:00Z') });
    fc.assert(
      fc.property(time, time, zone, moment, (from, to, zoneName, nowMs) => {
        fc.pre(from !== to);
        const end = quietUntil({ from, to, time_zone: zoneName }, nowMs);
        if (end === null) return;
        expect(end).toBeGreaterThan(nowMs);
        expect(end - nowMs).toBeLessThanOrEqual(25 * 3_600_000);
        const shown = new Intl.DateTimeFormat('en-GB', { timeZone: zoneName, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(end);
        // A skipped end is later on the wall, by an hour at most.
        expect([to, `${String((Number(to.slice(0, 2)) + 1) % 24).padStart(2, '0')}:00`, '02:30', '03:00']).toContain(shown);
      }),
    );
  });

  it('and their counterpart leave no moment out', () => {
    const hour = fc.integer({ min: 3, max: 23 }).map((number) => `${String(number).padStart(2, '0')}:00`);
    const moment = fc.integer({ min: at('2023-01-01T00:00:00Z'), max: at('2027-01-01T00:00:00Z') });
    fc.assert(
      fc.property(hour, hour, moment, (from, to, nowMs) => {
        fc.pre(from !== to);
        const zone = 'Europe/Berlin';
        const isQuiet = quietUntil({ from, to, time_zone: zone }, nowMs) !== null;
        expect(quietUntil({ from: to, to: from, time_zone: zone }, nowMs) !== null).toBe(!isQuiet);
      }),
    );
  });
});

describe('a time zone', () => {
  it('is one of the list', () => {
    expect(['Europe/Berlin', 'UTC', 'America/Argentina/Buenos_Aires'].map(isTimeZone)).toEqual([true, true, true]);
    expect(['Europe/Atlantis', '', '../etc'].map(isTimeZone)).toEqual([false, false, false]);
  });
});
