import { setTimeout as sleep } from 'node:timers/promises';
import { OrreryError } from '@orrery/errors';
import { progress } from '../harness/report.js';

const maxAttempts = 30;

/** What one fault did to the data. */
export interface CaseResult {
  readonly case: string;
  readonly lost: number;
  readonly duplicated: number;
  readonly dead_lettered: number;
  readonly expected_dead_lettered: number;
  readonly ok: boolean;
}

export function caseResult(name: string, found: { lost: number; duplicated: number; deadLettered: number; expectedDeadLettered?: number; isOk?: boolean }): CaseResult {
  const { lost, duplicated, deadLettered, expectedDeadLettered = 0, isOk = true } = found;
  return {
    case: name,
    lost,
    duplicated,
    dead_lettered: deadLettered,
    expected_dead_lettered: expectedDeadLettered,
    ok: isOk && lost === 0 && duplicated === 0 && deadLettered === expectedDeadLettered,
  };
}

interface DeadLetterPage {
  readonly items: readonly { readonly topic: string; readonly partition: number; readonly offset: string | number }[];
  readonly next_cursor: string | null;
}

/** How many different records stand in the dead letters. */
export async function countDeadLetters(url: string): Promise<number> {
  const seen = new Set<string>();
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page = await readPage(`${url}/api/v1/dead-letters?limit=500${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`);
    for (const { topic, partition, offset } of page.items) seen.add(`${topic}/${partition}/${offset}`);
    cursor = page.next_cursor;
  }
  return seen.size;
}

/** A page, asked for again while the platform says that it cannot tell at the moment. */
async function readPage(address: string): Promise<DeadLetterPage> {
  for (let attempt = 1; ; attempt += 1) {
    const response = await fetch(address);
    if (response.status === 200) return (await response.json()) as DeadLetterPage;
    const answer = `${response.status} ${await response.text()}`;
    if (response.status !== 503 || attempt === maxAttempts) throw new OrreryError('ORRERY_DEPENDENCY', `the dead letters cannot be read: ${answer}`);
    progress(`the dead letters cannot be read yet: ${answer}`);
    await sleep(1000);
  }
}
