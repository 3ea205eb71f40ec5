import { addToSketch, ByteReader, ByteWriter, emptySketch, readSketch, writeSketch, type Sketch } from '@orrery/stats';
import { execute, type Statement, type Transaction } from '@orrery/persistence';
import type { PolicyTally } from '../domain/experiments/index.js';

/** What a shadow's decisions add up to. */
export interface ShadowTally {
  readonly decisions: number;
  /** Decisions in which both would start the same. */
  readonly agreed: number;
  readonly slots: number;
  readonly sharedSlots: number;
  /** Decisions without an answer of the shadow. */
  readonly missing: number;
  /** Of what it took, ms. */
  readonly latency: Sketch;
}

/** What one decision adds. */
export interface ShadowAnswer {
  readonly isSame: boolean;
  readonly slots: number;
  readonly sharedSlots: number;
  readonly tookMs: number | undefined;
}

const none: ShadowTally = { decisions: 0, agreed: 0, slots: 0, sharedSlots: 0, missing: 0, latency: emptySketch };

const addTally: Statement = {
  name: 'add to experiment tally',
  text: `
    insert into experiment_tally (tenant_id, experiment_id, arm, decisions, faults) values ($1, $2, $3, $4, $5)
    on conflict (tenant_id, experiment_id, arm) do update set decisions = experiment_tally.decisions + excluded.decisions, faults = experiment_tally.faults + excluded.faults`,
};
const readTally: Statement = {
  name: 'experiment tally',
  text: 'select arm, decisions::double precision as "decisionCount", faults::double precision as "faultCount" from experiment_tally where tenant_id = $1 and experiment_id = $2',
};
const makeShadow: Statement = {
  name: 'make shadow tally',
  text: `insert into shadow_tally (tenant_id, experiment_id, decisions, agreed, slots, shared_slots, missing, latency) values ($1, $2, 0, 0, 0, 0, 0, $3) on conflict do nothing`,
};
const shadowColumns = 'decisions::double precision, agreed::double precision, slots::double precision, shared_slots::double precision as "sharedSlots", missing::double precision, latency';
const readShadow: Statement = { name: 'shadow tally', text: `select ${shadowColumns} from shadow_tally where tenant_id = $1 and experiment_id = $2` };
const lockShadow: Statement = { name: 'lock shadow tally', text: `${readShadow.text} for update` };
const saveShadow: Statement = {
  name: 'save shadow tally',
  text: 'update shadow_tally set decisions = $3, agreed = $4, slots = $5, shared_slots = $6, missing = $7, latency = $8 where tenant_id = $1 and experiment_id = $2',
};

/** Counts decisions of an arm, and those in which its policy failed. */
export async function addToTally(transaction: Transaction, tenantId: string, { experimentId, arm }: { readonly experimentId: string; readonly arm: string }, { decisionCount, faultCount }: PolicyTally): Promise<void> {
  await execute(transaction, addTally, [tenantId, experimentId, arm, decisionCount, faultCount]);
}

/** By arm. */
export async function tallyOf(transaction: Transaction, tenantId: string, experimentId: string): Promise<ReadonlyMap<string, PolicyTally>> {
  const rows = await execute<PolicyTally & { readonly arm: string }>(transaction, readTally, [tenantId, experimentId]);
  return new Map(rows.map(({ arm, ...tally }) => [arm, tally]));
}

/** Adds what a shadow answered; null where it did not. */
export async function addShadowAnswers(transaction: Transaction, tenantId: string, experimentId: string, answers: readonly (ShadowAnswer | null)[]): Promise<void> {
  await execute(transaction, makeShadow, [tenantId, experimentId, encoded(emptySketch)]);
  const [row] = await execute<ShadowRow>(transaction, lockShadow, [tenantId, experimentId]);
  const { decisions, agreed, slots, sharedSlots, missing, latency } = answers.reduce(withAnswer, row === undefined ? none : fromRow(row));
  await execute(transaction, saveShadow, [tenantId, experimentId, decisions, agreed, slots, sharedSlots, missing, encoded(latency)]);
}

export async function shadowTallyOf(transaction: Transaction, tenantId: string, experimentId: string): Promise<ShadowTally> {
  const [row] = await execute<ShadowRow>(transaction, readShadow, [tenantId, experimentId]);
  return row === undefined ? none : fromRow(row);
}

type ShadowRow = Omit<ShadowTally, 'latency'> & { readonly latency: Buffer };

function withAnswer(tally: ShadowTally, answer: ShadowAnswer | null): ShadowTally {
  const decisions = tally.decisions + 1;
  if (answer === null) return { ...tally, decisions, missing: tally.missing + 1 };
  return {
    ...{ decisions, missing: tally.missing, agreed: tally.agreed + (answer.isSame ? 1 : 0), slots: tally.slots + answer.slots, sharedSlots: tally.sharedSlots + answer.sharedSlots },
    latency: answer.tookMs === undefined ? tally.latency : addToSketch(tally.latency, answer.tookMs),
  };
}

function fromRow({ latency, ...rest }: ShadowRow): ShadowTally {
  return { ...rest, latency: readSketch(new ByteReader(latency)) };
}

function encoded(sketch: Sketch): Buffer {
  const writer = new ByteWriter();
  writeSketch(writer, sketch);
  return Buffer.from(writer.bytes());
}
