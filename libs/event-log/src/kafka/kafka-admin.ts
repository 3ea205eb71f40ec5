import { OrreryError } from '@orrery/errors';
import type { Admin } from 'kafkajs';
import { withDeadline } from '../concurrency/deadline.js';
import { answerLimitMs, kafkaClient, kafkaError, type KafkaConnectionOptions } from './kafka-client.js';

/** The administrative connection: opened at first use, and anew after a failure. */
export class KafkaAdmin {
  #admin: Promise<Admin> | undefined;
  #isClosed = false;

  constructor(private readonly connection: KafkaConnectionOptions) {}

  /** @throws ORRERY_DEPENDENCY when the broker does not do it in time. */
  async use<Result>(what: string, work: (admin: Admin) => Promise<Result>, limitMs = answerLimitMs): Promise<Result> {
    if (this.#isClosed) throw new OrreryError('ORRERY_DEPENDENCY', 'the event log is closed');
    const opening = (this.#admin ??= this.#open());
    try {
      return await withDeadline(opening.then(work), limitMs, what);
    } catch (error) {
      if (this.#admin === opening) this.#admin = undefined;
      void discard(opening);
      throw kafkaError(what, error);
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#admin !== undefined) await discard(this.#admin);
  }

  async #open(): Promise<Admin> {
    const admin = kafkaClient(this.connection).admin();
    await admin.connect();
    return admin;
  }
}

async function discard(opening: Promise<Admin>): Promise<void> {
  await opening.then((admin) => admin.disconnect()).catch(() => undefined);
}
