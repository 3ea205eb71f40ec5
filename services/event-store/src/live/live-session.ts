import type { WebSocket } from 'ws';
import type { FeedPosition, RunChange } from '../storage/change-feed.js';
import { outcomeWord, statusWord } from '../views/words.js';
import { feedCursorOf, isAfter } from './feed-cursor.js';

/** What a client has not read yet, in bytes; who is further behind is told so and closed. */
const maxBufferedBytes = 1024 * 1024;
const tryAgainLater = 1013;
const closeTimeoutMs = 2000;

/** One change with its place in the feed. */
export interface PlacedChange {
  readonly position: FeedPosition;
  readonly change: RunChange;
}

/** One client of the feed. */
export class LiveSession {
  /** False while it still reads what it missed. */
  isLive = false;
  private isAlive = true;

  constructor(
    private readonly socket: WebSocket,
    private readonly runId: string | undefined,
    public position: FeedPosition,
    private readonly now: () => number,
  ) {
    socket.on('pong', () => (this.isAlive = true));
    // Closing follows by itself.
    socket.on('error', () => undefined);
  }

  get isOpen(): boolean {
    return this.socket.readyState === this.socket.OPEN;
  }

  /** @param mayHaveGap whether changes after the client's cursor are dropped already, so that it has to load anew */
  greet(mayHaveGap: boolean): void {
    this.send({ type: 'hello', cursor: this.cursor(), gap: mayHaveGap });
  }

  /** Sends a change unless the client has it or asked for another run. */
  offer({ position, change }: PlacedChange): void {
    if (!this.isOpen || !isAfter(position, this.position)) return;
    this.position = position;
    if (this.runId !== undefined && change.runId !== this.runId) return;
    const { runId, status, outcome, workflow, engine, tasks, events, artifacts } = change;
    this.send({
      cursor: this.cursor(),
      type: 'run.changed',
      run_id: runId,
      run: { status: statusWord(status), outcome: outcomeWord(outcome), workflow, engine },
      tasks: tasks.map((task) => ({ task_id: task.taskId, name: task.name, status: statusWord(task.status), outcome: outcomeWord(task.outcome) })),
      events,
      artifacts,
    });
    if (this.socket.bufferedAmount > maxBufferedBytes) this.close(tryAgainLater, 'too slow: connect again with the last cursor');
  }

  /** Asks for a sign of life; a client that gave none since the last time is cut. */
  beat(): void {
    if (!this.isAlive) return this.socket.terminate();
    this.isAlive = false;
    this.socket.ping();
  }

  close(code: number, reason: string): void {
    this.socket.close(code, reason);
    setTimeout(() => this.socket.terminate(), closeTimeoutMs).unref();
  }

  private cursor(): string {
    return feedCursorOf({ position: this.position, givenAtMs: this.now() });
  }

  private send(message: object): void {
    this.socket.send(JSON.stringify(message), () => undefined);
  }
}
