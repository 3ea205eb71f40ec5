import { connect, type Socket } from 'node:net';
import { OrreryError } from '@orrery/errors';
import type { FinishedEvent, PipelineEvent } from './pipeline-event.js';
import { runOf, type RunOrder } from './take-run.js';
import { hasSocket, hear, say, socketPath, type WorkerReply } from './worker-wire.js';

export interface WorkerConnection {
  readonly name: string;
  readonly socket: Socket;
}

/**
 * Connects to a worker of this machine.
 *
 * @throws ORRERY_NOT_FOUND when none of that name runs; `isStale` in its details when one was killed
 */
export async function connectWorker(stateFolder: string, name: string): Promise<WorkerConnection> {
  const path = socketPath(stateFolder, name);
  if (!hasSocket(path)) throw new OrreryError('ORRERY_NOT_FOUND', `no worker ${name} runs on this machine; start it with \`orrery worker${name === 'default' ? '' : ` --name ${name}`}\``);
  const socket = connect(path);
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', (cause: NodeJS.ErrnoException) => {
      const isStale = cause.code === 'ECONNREFUSED' || cause.code === 'ENOENT';
      const message = isStale ? `worker ${name} is gone without a farewell; start it again, and it takes up what it left` : `worker ${name} cannot be reached at ${path} (${cause.code ?? cause.message})`;
      reject(new OrreryError(isStale ? 'ORRERY_NOT_FOUND' : 'ORRERY_DEPENDENCY', message, { cause, details: { isStale } }));
    });
  });
  return { name, socket };
}

export interface Following {
  readonly order: RunOrder;
  readonly policy: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly emit: (event: PipelineEvent) => void;
  readonly onStoppable: (cancel: () => void) => void;
}

/**
 * Hands a run to a worker and follows it to its end. When this process goes away the run goes on.
 *
 * @throws what the worker refuses it with; ORRERY_DEPENDENCY when the worker goes away
 */
export function followInWorker({ name, socket }: WorkerConnection, following: Following): Promise<FinishedEvent> {
  const { order, environment, emit, onStoppable } = following;
  const run = runOf(order);
  onStoppable(() => say(socket, { kind: 'cancel', run }));
  return new Promise<FinishedEvent>((resolve, reject) => {
    socket.on('error', () => undefined);
    socket.on('close', () => reject(new OrreryError('ORRERY_DEPENDENCY', `worker ${name} went away; run ${run} goes on when it is started again, or with \`orrery run --resume ${run}\``)));
    hear<WorkerReply>(socket, (reply) => {
      const end = take(reply, following);
      if (end instanceof OrreryError) reject(end);
      else if (end !== undefined) resolve(end);
      if (reply.kind === 'ended') emit({ event: 'remark', text: `run ${run} has ended before; nothing of it runs again` });
      if (reply.kind === 'ended') emit(reply.event);
    });
    say(socket, { kind: 'run', order, environment });
  }).finally(() => socket.destroy());
}

function take(reply: WorkerReply, { policy, emit }: Following): FinishedEvent | OrreryError | undefined {
  switch (reply.kind) {
    case 'hello':
      if (policy !== undefined && policy !== (reply.policy ?? '')) emit({ event: 'remark', text: `worker ${reply.name} decides by ${reply.policy ?? 'what serves'}; --policy is for slots of one's own` });
      return undefined;
    case 'refused':
      return new OrreryError(reply.code, reply.message);
    case 'ended':
      return reply.event;
    case 'event':
      emit(reply.event);
      return reply.event.event === 'finished' ? reply.event : undefined;
  }
}
