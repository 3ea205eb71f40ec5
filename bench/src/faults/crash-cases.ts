import { setTimeout as sleep } from 'node:timers/promises';
import { startPlatform, type Platform, type PlatformOptions } from '../harness/platform.js';
import { progress } from '../harness/report.js';
import { batches, syntheticRun, type SyntheticEvent } from '../harness/synthetic-runs.js';
import { audit, drained, LedgerSender } from './ledger.js';
import { caseResult, countDeadLetters, type CaseResult } from './case-result.js';
import { seeded } from './order-cases.js';

function* endless(prefix: string): Generator<SyntheticEvent> {
  for (let run = 0; ; run += 1) yield* syntheticRun(run, { tasks: 5, eventsPerTask: 20, prefix });
}

export interface Database {
  readonly url: string;
  crash(): Promise<void>;
  start(): Promise<void>;
}

const batchSize = 50;
const pauseMs = 20;

/** kill -9 of the whole platform while batches flow, again and again, each time started anew on the same data. */
export async function killPlatform(options: PlatformOptions & { databaseUrl: string }, kills: number): Promise<CaseResult> {
  let platform = await startPlatform(options);
  const sender = new LedgerSender(() => platform.url);
  const sending = sender.send(batches(endless('kill'), batchSize), pauseMs);
  const random = seeded(11);
  for (let kill = 1; kill <= kills; kill += 1) {
    await sleep(400 + random() * 800);
    const exited = new Promise((resolve) => platform.process.once('exit', resolve));
    platform.process.kill('SIGKILL');
    await exited;
    platform = await startPlatform(options);
    progress(`kill -9 ${kill} of ${kills}: ${sender.acknowledged.size} records acknowledged`);
  }
  return finish('kill -9 mid-batch', platform, { sender, sending, databaseUrl: options.databaseUrl });
}

/** The database dies as by a power cut, several times, under load. */
export async function crashDatabase(options: PlatformOptions & { databaseUrl: string }, database: Database, crashes: number): Promise<CaseResult> {
  const platform = await startPlatform(options);
  const sender = new LedgerSender(() => platform.url);
  const sending = sender.send(batches(endless('crash'), batchSize), pauseMs);
  for (let crash = 1; crash <= crashes; crash += 1) {
    await sleep(1500);
    await database.crash();
    await database.start();
    progress(`database crash ${crash} of ${crashes}: ${sender.acknowledged.size} records acknowledged`);
  }
  return finish('database crash', platform, { sender, sending, databaseUrl: options.databaseUrl });
}

/** The database is away for a while under load: nothing may be lost and nothing good dead-lettered. */
export async function databaseOutage(options: PlatformOptions & { databaseUrl: string }, database: Database, outageMs: number): Promise<CaseResult> {
  const platform = await startPlatform(options);
  const sender = new LedgerSender(() => platform.url);
  const sending = sender.send(batches(endless('outage'), batchSize), pauseMs);
  await sleep(1500);
  await database.crash();
  progress(`database away for ${outageMs / 1000} s`);
  await sleep(outageMs);
  await database.start();
  return finish('database outage', platform, { sender, sending, databaseUrl: options.databaseUrl });
}

/** The broker restarts under load. */
export async function restartBroker(options: PlatformOptions & { databaseUrl: string }, broker: { restart(): Promise<void> }): Promise<CaseResult> {
  const platform = await startPlatform(options);
  const sender = new LedgerSender(() => platform.url);
  const sending = sender.send(batches(endless('broker'), batchSize), pauseMs);
  await sleep(1500);
  await broker.restart();
  return finish('broker restart', platform, { sender, sending, databaseUrl: options.databaseUrl });
}

interface Running {
  readonly sender: LedgerSender;
  readonly sending: Promise<void>;
  readonly databaseUrl: string;
}

async function finish(name: string, platform: Platform, { sender, sending, databaseUrl }: Running): Promise<CaseResult> {
  await sleep(2000);
  sender.stop();
  await sending;
  const isDrained = await drained(databaseUrl, sender.acknowledged);
  // Redelivery, if any, is over when the consumer has nothing left; a duplicate would show after it.
  await sleep(1000);
  const found = await audit(databaseUrl, sender.acknowledged);
  const deadLettered = await countDeadLetters(platform.url);
  await platform.stop();
  progress(`${name}: ${sender.acknowledged.size} records acknowledged, ${sender.unacknowledgedAttempts} attempts refused or cut off`);
  return caseResult(name, { ...found, deadLettered, isOk: isDrained });
}
