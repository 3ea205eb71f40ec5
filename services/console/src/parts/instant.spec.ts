import { describe, expect, it } from '@jest/globals';
import { agoText, clockText, instantText } from './instant.js';

const now = Date.parse('2026-11-20T12:00:00Z');
const before = (seconds: number): string => new Date(now - seconds * 1000).toISOString();

describe('agoText', () => {
  it.each([
    [0, 'just now'],
    [-2, 'just now'],
    [-90, 'in 1 min 30 s'],
    [12, '12 seconds ago'],
    [60, '1 minute ago'],
    [3_599, '59 minutes ago'],
    [3_600, '1 hour ago'],
    [86_400 * 3, '3 days ago'],
    [86_400 * 45, '6 Oct 2026'],
  ])('writes %p seconds before now as %p', (seconds, text) => {
    expect(agoText(before(seconds), now)).toBe(text);
  });

  it('is a dash for what is no instant', () => {
    expect([agoText(null, now), agoText('soon', now), instantText(null), instantText('soon'), clockText(null)]).toEqual(Array(5).fill('–'));
  });
});

describe('instantText', () => {
  it('keeps the milliseconds', () => {
    expect(instantText('2026-11-20T10:58:39.146734Z')).toContain('39.146');
  });
});
