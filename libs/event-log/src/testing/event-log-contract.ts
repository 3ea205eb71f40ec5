import { afterAll, beforeAll, describe } from '@jest/globals';
import { OrreryError } from '@orrery/errors';
import { appendingContract } from './appending-contract.js';
import { consumingContract } from './consuming-contract.js';
import type { ContractBackend } from './contract-backend.js';
import { failureContract } from './failure-contract.js';
import { positionContract } from './position-contract.js';
import { tracingContract } from './tracing-contract.js';

/** What every adapter of the event log keeps; nothing above the port may depend on more. */
export function eventLogContract(name: string, start: () => Promise<ContractBackend>): void {
  describe(`${name} event log`, () => {
    let started: ContractBackend | undefined;
    const backend = (): ContractBackend => {
      if (started === undefined) throw new OrreryError('ORRERY_CONFIG', 'the backend did not start');
      return started;
    };
    beforeAll(async () => {
      started = await start();
    }, 180_000);
    afterAll(() => started?.stop());

    appendingContract(backend);
    consumingContract(backend);
    failureContract(backend);
    positionContract(backend);
    tracingContract(backend);
  });
}

export type { ContractBackend, RecordedSpan } from './contract-backend.js';
