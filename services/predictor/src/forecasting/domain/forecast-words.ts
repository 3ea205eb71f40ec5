import type { CapacityForecast, CapacityHour, Quantiles } from '../../domain/forecast/index.js';
import type { NetworkStanding } from './contest.js';

const weekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const months = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];

/**
 * A peak as a sentence.
 *
 * @param usualLoadHours the mean load of an hour of the same forecast.
 * @example 'Tuesday 3 March, 09:00 UTC: 4.2 hours of load (3.1 to 6), 2.3 times the mean; 12 runs'
 */
export function peakWords({ atMs, arrivals, loadHours }: CapacityHour, usualLoadHours: number): string {
  const ratio = usualLoadHours > 0 ? `, ${numberWords(loadHours.p50 / usualLoadHours)} times the mean` : '';
  const at = new Date(atMs);
  const day = `${weekdays[at.getUTCDay()] ?? ''} ${at.getUTCDate()} ${months[at.getUTCMonth()] ?? ''}`;
  return `${day}, ${at.toISOString().slice(11, 16)} UTC: ${numberWords(loadHours.p50)} hours of load (${rangeWords(loadHours)})${ratio}; ${numberWords(arrivals.p50)} runs`;
}

/** What it will cost as a sentence. */
export function costWords(cost: Quantiles, { usdPerHour, origin, hours }: { readonly usdPerHour: number; readonly origin: 'given' | 'observed'; readonly hours: number }): string {
  const length = hours % 24 === 0 ? counted(hours / 24, 'day') : counted(hours, 'hour');
  const price = `${usdWords(usdPerHour)} an hour of load${origin === 'observed' ? ', which it was so far' : ''}`;
  return `${usdWords(cost.p50)} in ${length} (${usdWords(cost.p10)} to ${usdWords(cost.p90)}), at ${price}`;
}

/** What a forecast rests on as a sentence. */
export function basisWords({ basis: { words } }: CapacityForecast, runs: number): string {
  return `${words.slice(0, 1).toUpperCase()}${words.slice(1)}; ${counted(runs, 'run')} ${runs === 1 ? 'was' : 'were'} seen.`;
}

/** How the network of a series stands, as the rest of a sentence; empty where there is nothing to say. */
export function networkWords(network: NetworkStanding | null): string {
  if (network === null) return '';
  if (!('contest' in network)) return network.state === 'training' ? '; a network is being trained' : '';
  const { origins, networkError, statisticalError } = network.contest;
  if (origins === 0) return '';
  const share = Math.round((100 * Math.abs(networkError - statisticalError)) / Math.max(networkError, statisticalError, Number.MIN_VALUE));
  const tried = origins === 1 ? '1 stretch' : `${origins} stretches`;
  return `; on ${tried} that it had not seen, a network was ${share} % ${network.state === 'won' ? 'closer' : 'further off'} than the statistical forecast`;
}

function rangeWords({ p10, p90 }: Quantiles): string {
  return `${numberWords(p10)} to ${numberWords(p90)}`;
}

function usdWords(amount: number): string {
  return amount >= 100 ? `$${Math.round(amount)}` : `$${amount >= 1 ? amount.toFixed(2) : String(Number(amount.toPrecision(2)))}`;
}

/** In two digits that count, so that nobody takes a forecast for exact. */
function numberWords(value: number): string {
  return value >= 10 ? String(Math.round(value)) : String(Number(value.toPrecision(2)));
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
