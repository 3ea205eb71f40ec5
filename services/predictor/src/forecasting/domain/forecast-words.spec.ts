import { describe, expect, it } from '@jest/globals';
import { forecastCapacity } from '../../domain/forecast/index.js';
import { basisWords, costWords, networkWords, peakWords } from './forecast-words.js';

const band = (p50: number) => ({ p10: p50 / 2, p50, p90: p50 * 2 });

describe('a forecast in words', () => {
  it('tells when a peak is and how high', () => {
    const peak = { atMs: Date.UTC(2026, 2, 3, 9), arrivals: band(12.4), loadHours: band(4.234) };

    expect(peakWords(peak, 2)).toBe('Tuesday 3 March, 09:00 UTC: 4.2 hours of load (2.1 to 8.5), 2.1 times the mean; 12 runs');
    expect(peakWords(peak, 0)).not.toContain('mean');
  });

  it('tells the cost, and where the price is from', () => {
    expect(costWords(band(134.4), { usdPerHour: 0.4, origin: 'given', hours: 168 })).toBe('$134 in 7 days ($67.20 to $269), at $0.4 an hour of load');
    expect(costWords(band(1.5), { usdPerHour: 2, origin: 'observed', hours: 25 })).toBe('$1.50 in 25 hours ($0.75 to $3.00), at $2.00 an hour of load, which it was so far');
  });

  it('tells what it rests on', () => {
    const forecast = forecastCapacity({ startMs: 0, arrivalsPerHour: [1], loadHoursPerHour: [1], nowMs: 3_600_000, horizonHours: 1 });

    expect(basisWords(forecast, 1)).toMatch(/^1 hour of history; .*; 1 run was seen\.$/);
  });

  it('tells whether a network was closer, and by how much', () => {
    const contest = { origins: 10, networkError: 3, statisticalError: 4 };

    expect(networkWords({ state: 'won', contest })).toBe('; on 10 stretches that it had not seen, a network was 25 % closer than the statistical forecast');
    expect(networkWords({ state: 'lost', contest: { ...contest, networkError: 5 } })).toContain('20 % further off');
    expect([networkWords({ state: 'training' }), networkWords({ state: 'failed' }), networkWords(null)]).toEqual(['; a network is being trained', '', '']);
  });
});
