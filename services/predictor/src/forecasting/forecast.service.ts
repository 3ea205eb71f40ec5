import { workflowIdOf } from '@orrery/contracts';
import { OrreryError } from '@orrery/errors';
import type { Database, Transaction } from '@orrery/persistence';
import type { CapacityForecast, SamplesForecast } from '../domain/forecast/index.js';
import { canonicalAttributes, samplesUntil } from '../domain/series/index.js';
import { workflowsNamed } from '../storage/workflow-state.repository.js';
import { hasArrivalsBefore, sumArrivals, type ArrivalScope } from './arrival.repository.js';
import { hourMs } from './domain/arrival-hours.js';
import type { NetworkStanding } from './domain/contest.js';
import { denseHours, settledLoad, type DenseHours } from './domain/dense-hours.js';
import { regularReadings } from './domain/regular-readings.js';
import type { ForecastThread } from './forecast-thread.js';
import { MinuteCache } from './minute-cache.js';
import type { SeriesNetworks } from './series-networks.js';
import { findSeries, listMetricNames, type FoundSeries } from './series.repository.js';

/** A workflow by its name; of any engine and in any namespace where none is told. */
export interface AskedWorkflow {
  readonly workflow: string;
  readonly engine?: string | undefined;
  readonly namespace?: string | undefined;
}

export interface AskedCapacity extends Omit<AskedWorkflow, 'workflow'> {
  /** All of the tenant when absent. */
  readonly workflow?: string | undefined;
  readonly hours: number;
  readonly pricePerHour?: number | undefined;
}

export interface CapacityAnswer {
  /** The hour in hand, which the forecast begins with: what it has seen so far is not counted. */
  readonly asOfMs: number;
  /** Null when nothing was learned in the weeks that a forecast looks at. */
  readonly history: DenseHours | null;
  readonly forecast: CapacityForecast | null;
  readonly price: { readonly usdPerHour: number; readonly origin: 'given' | 'observed' } | null;
}

export interface AskedSeries extends AskedWorkflow {
  readonly metric: string;
  readonly task?: string | undefined;
  readonly attributes?: string | undefined;
  readonly minutes: number;
}

export interface SeriesAnswer {
  readonly series: FoundSeries;
  /** Its steps are the network's where that was closer. */
  readonly forecast: SamplesForecast;
  readonly model: 'network' | 'statistical';
  /** Null where no networks are trained. */
  readonly network: NetworkStanding | null;
}

/** Six whole weeks: enough for what repeats by the week, and forecast in the time that somebody waits for a page. */
const historyMs = 42 * 24 * hourMs;
const keptAnswers = 200;
const listedMetrics = 20;

/** Says what is to come: runs and load by the hour, and what gauges will show. */
export class ForecastService {
  private readonly capacities: MinuteCache<CapacityAnswer>;
  private readonly seriesAnswers: MinuteCache<SeriesAnswer>;

  /** @param networks absent where no networks are trained. */
  constructor(
    private readonly database: Database,
    private readonly thread: ForecastThread,
    private readonly now: () => number,
    private readonly networks?: SeriesNetworks,
  ) {
    this.capacities = new MinuteCache(now, keptAnswers);
    this.seriesAnswers = new MinuteCache(now, keptAnswers);
  }

  /** @throws ORRERY_NOT_FOUND when nothing was heard of the workflow for weeks. */
  async capacity(tenantId: string, asked: AskedCapacity): Promise<CapacityAnswer> {
    const asOfMs = Math.floor(this.now() / hourMs) * hourMs;
    const key = JSON.stringify([tenantId, asOfMs, Object.entries(asked).sort()]);
    const answer = await this.capacities.of(key, () => this.makeCapacity(tenantId, asked, asOfMs));
    // Who looks at an empty platform looks again as soon as something was sent.
    if (answer.history === null) this.capacities.forget(key);
    if (answer.history === null && asked.workflow !== undefined) throw await this.tooLittle(tenantId, asked.workflow, asOfMs);
    return answer;
  }

  /** @throws ORRERY_NOT_FOUND when no such series is kept, with the names of those that are. */
  async series(tenantId: string, asked: AskedSeries): Promise<SeriesAnswer> {
    return await this.seriesAnswers.of(JSON.stringify([tenantId, Object.entries(asked).sort()]), () => this.makeSeries(tenantId, asked));
  }

  private async tooLittle(tenantId: string, workflow: string, asOfMs: number): Promise<OrreryError> {
    const [isOld, isThere] = await this.database.forTenant(tenantId, async (transaction) => [
      await hasArrivalsBefore(transaction, tenantId, asOfMs, { workflow }),
      await hasArrivalsBefore(transaction, tenantId, asOfMs + hourMs, { workflow }),
    ]);
    const reason = isThere && !isOld ? 'was heard of within the present hour only: a forecast needs a whole one' : 'was not heard of for six weeks';
    return new OrreryError('ORRERY_NOT_FOUND', `the workflow ${workflow} ${reason}`, { details: { workflow } });
  }

  private async makeCapacity(tenantId: string, asked: AskedCapacity, asOfMs: number): Promise<CapacityAnswer> {
    const history = await this.readHistory(tenantId, asked, asOfMs);
    if (history === null) return { asOfMs, history, forecast: null, price: null };
    const price = priceOf(history, asked.pricePerHour);
    const forecast = await this.thread.run('capacity', {
      ...{ startMs: history.startMs, arrivalsPerHour: history.runs, loadHoursPerHour: settledLoad(history), nowMs: asOfMs, horizonHours: asked.hours },
      ...(price === null ? {} : { pricePerHour: price.usdPerHour }),
    });
    return { asOfMs, history, forecast, price };
  }

  private readHistory(tenantId: string, { workflow, engine, namespace }: AskedCapacity, asOfMs: number): Promise<DenseHours | null> {
    const sinceMs = asOfMs - historyMs;
    return this.database.forTenant(tenantId, async (transaction) => {
      const scope: ArrivalScope = workflow === undefined ? {} : { workflow, workflowIds: await idsOf(transaction, tenantId, { workflow, engine, namespace }) };
      const figures = await sumArrivals(transaction, tenantId, { sinceMs, untilMs: asOfMs }, scope);
      return denseHours(figures, { sinceMs, untilMs: asOfMs, isWatched: await hasArrivalsBefore(transaction, tenantId, sinceMs, scope) });
    });
  }

  private async makeSeries(tenantId: string, { minutes, attributes, workflow, engine, namespace, ...exact }: AskedSeries): Promise<SeriesAnswer> {
    const nowMs = this.now();
    const series = await this.database.forTenant(tenantId, async (transaction) => {
      const workflowIds = await idsOf(transaction, tenantId, { workflow, engine, namespace });
      const found = await findSeries(transaction, tenantId, { ...exact, workflow, workflowIds, attributes: attributes === undefined ? undefined : canonicalAttributes(attributes) });
      if (found === null || samplesUntil(found.ring, nowMs).length === 0) throw noSeries(workflow, exact.metric, await listMetricNames(transaction, tenantId, workflow, listedMetrics));
      return found;
    });
    const samples = samplesUntil(series.ring, nowMs);
    const forecast = await this.thread.run('samples', { samples, horizonMinutes: minutes });
    const network = (await this.networks?.answer(series.seriesId, regularReadings(samples), minutes)) ?? null;
    const known = { series, network: network?.standing ?? null };
    const course = network?.course ?? null;
    return course === null ? { ...known, forecast, model: 'statistical' } : { ...known, forecast: { ...forecast, ...course }, model: 'network' };
  }
}

/** Which workflows of the name are meant; undefined for all of them. */
async function idsOf(transaction: Transaction, tenantId: string, { workflow, engine, namespace }: AskedWorkflow): Promise<readonly string[] | undefined> {
  if (engine === undefined && namespace === undefined) return undefined;
  if (engine !== undefined && namespace !== undefined) return [workflowIdOf({ tenantId, engine, namespace, workflow })];
  return (await workflowsNamed(transaction, { workflow, engine, namespace })).map(({ workflowId }) => workflowId);
}

/** What an hour of load costs: as told, else as it was on average. Null where nothing ever cost anything. */
function priceOf({ totals: { costUsd, loadHours } }: DenseHours, given: number | undefined): CapacityAnswer['price'] {
  if (given !== undefined) return { usdPerHour: given, origin: 'given' };
  return costUsd > 0 && loadHours > 0 ? { usdPerHour: costUsd / loadHours, origin: 'observed' } : null;
}

function noSeries(workflow: string, metric: string, known: readonly string[]): OrreryError {
  const there = known.length === 0 ? 'nothing is measured of it' : `there are ${known.join(', ')}`;
  return new OrreryError('ORRERY_NOT_FOUND', `there is no series ${metric} of the workflow ${workflow}; ${there}`, { details: { workflow, metric, known } });
}
