import { setTimeout as sleep } from 'node:timers/promises';
import { OrreryError } from '@orrery/errors';
import type { BenchBroker } from '../harness/broker.js';
import { recordsTaken } from '../harness/drained.js';
import { startPlatform, type Platform, type PlatformOptions } from '../harness/platform.js';
import { progress } from '../harness/report.js';
import { batches, syntheticRun, type SyntheticEvent } from '../harness/synthetic-runs.js';
import { caseResult, countDeadLetters, type CaseResult } from './case-result.js';
import { audit, drained, LedgerSender } from './ledger.js';
import { seeded } from './order-cases.js';

export type FaultOptions = PlatformOptions & { readonly databaseUrl: string };

export interface Database {
  readonly url: string;
  crash(): Promise<void>;
  start(): Promise<void>;
}

const batchSize = 50;
const pauseMs = 20;
// A dead consumer's partitions go to the next one after its session has run out.
const consumingLimitMs = 90_000;

/** What a fault is done to, while batches flow. */
interface Running {
  platform: Platform;
  readonly sender: LedgerSender;
}

/** kill -9 of the whole platform while it stores, again and again, each time started anew on the same data. */
export function killPlatform(options: FaultOptions, kills: number): Promise<CaseResult> {
  const random = seeded(11);
  return underLoad({ name: 'kill -9 mid-batch', prefix: 'kill', options }, async (running) => {
    for (let kill = 1; kill <= kills; kill += 1) {
      await isConsuming(running.platform);
      await sleep(random() * 500);
      const exited = new Promise((resolve) => running.platform.process.once('exit', resolve));
      running.platform.process.kill('SIGKILL');
      await exited;
      running.platform = await startPlatform(options);
      progress(`kill -9 ${kill} of ${kills}: ${running.sender.acknowledged.size} records acknowledged`);
    }
  });
}

/** The database dies as by a power cut, several times. */
export function crashDatabase(options: FaultOptions, database: Database, crashes: number): Promise<CaseResult> {
  return underLoad({ name: 'database crash', prefix: 'crash', options }, async ({ platform, sender }) => {
    for (let crash = 1; crash <= crashes; crash += 1) {
      await isConsuming(platform);
      await sleep(1500);
      await database.crash();
      await database.start();
      progress(`database crash ${crash} of ${crashes}: ${sender.acknowledged.size} records acknowledged`);
    }
  });
}

/** The database is away for a while: nothing may be lost and nothing good dead-lettered. */
export function databaseOutage(options: FaultOptions, database: Database, outageMs: number): Promise<CaseResult> {
  return underLoad({ name: `database outage of ${outageMs / 1000} s`, prefix: 'outage', options }, async ({ platform }) => {
    await isConsuming(platform);
    await sleep(1500);
    await database.crash();
    progress(`database away for ${outageMs / 1000} s`);
    await sleep(outageMs);
    await database.start();
  });
}

/** The broker is stopped and started, and then killed and started. */
export function restartBroker(options: FaultOptions, broker: BenchBroker): Promise<CaseResult> {
  return underLoad({ name: 'broker restart', prefix: 'broker', options }, async ({ platform, sender }) => {
    for (const fault of ['restart', 'crash'] as const) {
      await isConsuming(platform);
      await sleep(1500);
      await broker[fault]();
      progress(`broker ${fault}: ${sender.acknowledged.size} records acknowledged`);
    }
  });
}

interface Case {
  readonly name: string;
  /** Of the ids of everything that the case sends. */
  readonly prefix: string;
  readonly options: FaultOptions;
}

async function underLoad({ name, prefix, options }: Case, fault: (running: Running) => Promise<void>): Promise<CaseResult> {
  const running: Running = { platform: await startPlatform(options), sender: new LedgerSender(`urn:orrery:${prefix}`, () => running.platform.url) };
  const { sender } = running;
  const buried = await countDeadLetters(running.platform.url);
  const sending = sender.send(batches(endless(prefix), batchSize), pauseMs);
  await fault(running);
  await sleep(2000);
  sender.stop();
  await sending;
  const isDrained = await drained(options.databaseUrl, sender);
  // Redelivery, if any, is over when the consumer has nothing left; a duplicate would show after it.
  await sleep(1000);
  const found = await audit(options.databaseUrl, sender);
  const deadLettered = (await countDeadLetters(running.platform.url)) - buried;
  await running.platform.stop();
  progress(`${name}: ${sender.acknowledged.size} records acknowledged, ${sender.unacknowledgedAttempts} attempts refused or cut off`);
  return caseResult(name, { ...found, deadLettered, isOk: isDrained && sender.acknowledged.size > 0 });
}

function* endless(prefix: string): Generator<SyntheticEvent> {
  for (let run = 0; ; run += 1) yield* syntheticRun(run, { tasks: 5, eventsPerTask: 20, prefix });
}

/** Resolves when the platform stores what comes: a fault before that would find nothing in hand. */
async function isConsuming({ url }: Platform): Promise<void> {
  const before = await recordsTaken(url);
  const deadline = performance.now() + consumingLimitMs;
  while ((await recordsTaken(url)) === before) {
    if (performance.now() > deadline) throw new OrreryError('ORRERY_TIMEOUT', `the platform has stored nothing for ${consumingLimitMs / 1000} s`);
    await sleep(20);
  }
}
