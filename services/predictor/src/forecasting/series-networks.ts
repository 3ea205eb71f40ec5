import { messageOf } from '@orrery/errors';
import type { RegularSeries } from '@orrery/learning';
import type { SamplesForecast } from '../domain/forecast/index.js';
import { predictSeries, serveNetwork, trainSeriesNetwork, type NetworkTrainer, type SeriesUse, type ServedNetwork } from '../networks/index.js';
import { contestOrigins, isNetworkBetter, meanError, seriesBefore, type Contest, type NetworkStanding } from './domain/contest.js';
import type { ForecastThread } from './forecast-thread.js';

export interface SeriesNetworkParts {
  /** Trains in a thread of its own. */
  readonly trainer: NetworkTrainer;
  readonly thread: ForecastThread;
  readonly warn: (details: Readonly<Record<string, unknown>>, message: string) => void;
}

/** The course that a network expects; null where it is not what answers. */
export interface NetworkAnswer {
  readonly standing: NetworkStanding;
  readonly course: Pick<SamplesForecast, 'stepMs' | 'steps'> | null;
}

interface Kept {
  readonly standing: NetworkStanding;
  /** When the last reading was taken that it knew. */
  readonly untilMs: number;
  readonly network: ServedNetwork | null;
  readonly use: SeriesUse | null;
}

/** How far a network looks ahead; what is asked beyond it, the statistical forecast answers. */
const horizonMs = 60 * 60_000;
/** Steps that make a training worth its while: a window with what comes after it fits into each of its parts. */
const leastSteps = 400;
/** Steps after which a network is trained anew. */
const staleSteps = 128;
const mostNetworks = 50;
const seed = 1;

/**
 * Recurrent networks for series that somebody asks about, in memory. The first question has one trained, one at a time and beside the
 * service; it answers once it was closer than the statistical forecast on the newest part of the series, which it has not seen.
 */
export class SeriesNetworks {
  private readonly kept = new Map<string, Kept>();
  private readonly abort = new AbortController();
  private training: Promise<void> | undefined;

  constructor(private readonly parts: SeriesNetworkParts) {}

  /** What the network of a series says of the next minutes, as far as there is one; has one trained where it is time. */
  async answer(seriesId: string, series: RegularSeries | null, minutes: number): Promise<NetworkAnswer> {
    if (series === null || series.values.length < leastSteps) return { standing: { state: 'too_short' }, course: null };
    const known = this.kept.get(seriesId);
    const untilMs = series.startMs + (series.values.length - 1) * series.stepMs;
    if (known === undefined || untilMs - known.untilMs >= staleSteps * series.stepMs) this.startTraining(seriesId, series, untilMs);
    if (known === undefined) return { standing: { state: 'training' }, course: null };
    return { standing: known.standing, course: await this.course(known, series, minutes) };
  }

  /** Ends a training in hand and frees all networks. */
  async stop(): Promise<void> {
    this.abort.abort();
    await this.training;
    for (const { network } of this.kept.values()) await network?.close();
    this.kept.clear();
  }

  private async course({ standing, network, use }: Kept, series: RegularSeries, minutes: number): Promise<NetworkAnswer['course']> {
    if (standing.state !== 'won' || network === null || use === null || minutes * 60_000 > use.shape.horizon * use.stepMs) return null;
    try {
      const { startMs, stepMs, p10, p50, p90 } = await predictSeries(network, use, series);
      const asked = Math.ceil((minutes * 60_000) / stepMs);
      return { stepMs, steps: p50.slice(0, asked).map((value, step) => ({ atMs: startMs + step * stepMs, p10: p10[step] ?? value, p50: value, p90: p90[step] ?? value })) };
    } catch {
      // Its newest readings have a gap, or they come at another distance by now.
      return null;
    }
  }

  private startTraining(seriesId: string, series: RegularSeries, untilMs: number): void {
    if (this.training !== undefined || this.abort.signal.aborted) return;
    this.training = this.train(series)
      .catch((error: unknown): Omit<Kept, 'untilMs'> => {
        if (!this.abort.signal.aborted) this.parts.warn({ series_id: seriesId, reason: messageOf(error) }, 'a network for a series was not trained: the statistical forecast answers');
        return { standing: { state: 'failed' }, network: null, use: null };
      })
      .then((trained) => this.keep(seriesId, { ...trained, untilMs }))
      .finally(() => (this.training = undefined));
  }

  private async train(series: RegularSeries): Promise<Omit<Kept, 'untilMs'>> {
    const { network: published, use } = await trainSeriesNetwork([series], { horizonMs, seed, train: this.parts.trainer, signal: this.abort.signal });
    const network = await serveNetwork(published);
    try {
      const contest = await this.hold(network, use, series);
      if (isNetworkBetter(contest)) return { standing: { state: 'won', contest }, network, use };
      await network.close();
      return { standing: { state: 'lost', contest }, network: null, use: null };
    } catch (error) {
      await network.close();
      throw error;
    }
  }

  /** Both forecast the same stretches of the newest part, each from what came before it. */
  private async hold(network: ServedNetwork, use: SeriesUse, series: RegularSeries): Promise<Contest> {
    const { horizon } = use.shape;
    const isNonNegative = Array.from(series.values).every((value) => !(value < 0));
    const paths: { readonly origin: number; readonly ours: readonly number[]; readonly theirs: readonly number[] }[] = [];
    for (const origin of contestOrigins(series, horizon)) {
      const before = seriesBefore(series, origin);
      const ours = await predictSeries(network, use, before).catch(() => null);
      // A gap before it: neither is judged there.
      if (ours === null) continue;
      const theirs = await this.parts.thread.run('values', { ...before, values: Array.from(before.values), horizon, isNonNegative });
      paths.push({ origin, ours: ours.p50, theirs: theirs.p50 });
    }
    const origins = paths.map(({ origin }) => origin);
    return { origins: origins.length, networkError: meanError(series, origins, paths.map(({ ours }) => ours)), statisticalError: meanError(series, origins, paths.map(({ theirs }) => theirs)) };
  }

  private async keep(seriesId: string, trained: Kept): Promise<void> {
    const replaced = this.kept.get(seriesId);
    this.kept.delete(seriesId);
    this.kept.set(seriesId, trained);
    await replaced?.network?.close();
    for (const [oldest, { network }] of this.kept) {
      if (this.kept.size <= mostNetworks) return;
      this.kept.delete(oldest);
      await network?.close();
    }
  }
}
