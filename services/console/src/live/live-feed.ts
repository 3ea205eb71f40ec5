import { backoffMs } from './backoff.js';
import { liveMessage, type RunChange } from './live-message.js';

export type FeedState = 'connecting' | 'live' | 'waiting';

/** The part of a WebSocket that the feed needs. */
export interface FeedSocket {
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: (() => void) | null;
  close(): void;
}

export interface FeedOptions {
  /** Opens a socket that resumes after the cursor; null begins with what comes next. */
  readonly open: (cursor: string | null) => FeedSocket;
  readonly onChange: (change: RunChange) => void;
  readonly onState: (state: FeedState) => void;
  /** Called when changes may have been missed, so that what is shown must be read again. */
  readonly onGap: () => void;
  /** Uniform in [0, 1). */
  readonly draw: () => number;
}

const triesBeforeStartingAnew = 4;

/** Follows the live feed for as long as it is wanted: reconnects, and resumes where it stopped. */
export class LiveFeed {
  private socket: FeedSocket | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private cursor: string | null = null;
  private tries = 0;
  private wasLive = false;

  constructor(private readonly options: FeedOptions) {}

  start(): void {
    this.connect();
  }

  stop(): void {
    clearTimeout(this.timer);
    this.release();
  }

  private connect(): void {
    this.options.onState('connecting');
    // A cursor that the server no longer knows would be refused for ever.
    if (this.tries >= triesBeforeStartingAnew) this.cursor = null;
    const socket = this.options.open(this.cursor);
    this.socket = socket;
    socket.onmessage = ({ data }) => {
      this.take(String(data));
    };
    socket.onclose = () => {
      this.retry();
    };
  }

  private take(text: string): void {
    const message = liveMessage(text);
    if (message === null) return;
    if (message.type === 'hello') this.greet(message.cursor);
    else {
      this.cursor = message.cursor;
      this.options.onChange(message);
    }
  }

  private greet(cursor: string): void {
    this.tries = 0;
    const resumes = this.cursor !== null;
    if (!resumes) this.cursor = cursor;
    this.options.onState('live');
    if (this.wasLive && !resumes) this.options.onGap();
    this.wasLive = true;
  }

  private retry(): void {
    this.release();
    this.options.onState('waiting');
    this.timer = setTimeout(() => {
      this.connect();
    }, backoffMs(this.tries, this.options.draw()));
    this.tries += 1;
  }

  private release(): void {
    if (this.socket === null) return;
    this.socket.onclose = null;
    this.socket.onmessage = null;
    this.socket.close();
    this.socket = null;
  }
}
