import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { LiveFeed, type FeedSocket, type FeedState } from './live-feed.js';

const changed = (cursor: string): string => JSON.stringify({ type: 'run.changed', cursor, run_id: 'r1', run: { status: 'running' }, tasks: [], events: 1, artifacts: 0 });

function follow() {
  const sockets: (FeedSocket & { cursor: string | null; isClosed: boolean })[] = [];
  const states: FeedState[] = [];
  const changes: string[] = [];
  let gaps = 0;
  const feed = new LiveFeed({
    open: (cursor) => {
      const socket = { cursor, isClosed: false, onmessage: null, onclose: null, close: () => void (socket.isClosed = true) };
      sockets.push(socket);
      return socket;
    },
    onChange: ({ cursor }) => void changes.push(cursor),
    onState: (state) => void states.push(state),
    onGap: () => void (gaps += 1),
    draw: () => 0,
  });
  const last = () => sockets.at(-1)!;
  return { feed, sockets, states, changes, gaps: () => gaps, last, say: (text: string) => last().onmessage?.({ data: text }), drop: () => last().onclose?.() };
}

describe('the live feed', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  it('is live once the server has greeted, and hands changes on', () => {
    const { feed, states, changes, say } = follow();
    feed.start();
    say('{"type":"hello","cursor":"5"}');
    say(changed('6'));
    expect(states).toEqual(['connecting', 'live']);
    expect(changes).toEqual(['6']);
  });

  it('resumes after the last change it saw', () => {
    const { feed, sockets, say, drop, gaps } = follow();
    feed.start();
    say('{"type":"hello","cursor":"5"}');
    say(changed('6'));
    drop();
    jest.advanceTimersByTime(15_000);
    expect(sockets.map(({ cursor }) => cursor)).toEqual([null, '6']);
    say('{"type":"hello","cursor":"9"}');
    say(changed('7'));
    drop();
    jest.advanceTimersByTime(15_000);
    expect(sockets.at(-1)?.cursor).toBe('7');
    expect(gaps()).toBe(0);
  });

  it('resumes from the greeting when nothing changed since', () => {
    const { feed, last, say, drop } = follow();
    feed.start();
    say('{"type":"hello","cursor":"5"}');
    drop();
    jest.advanceTimersByTime(15_000);
    expect(last().cursor).toBe('5');
  });

  it('starts anew when its cursor keeps being refused, and says that changes may be missing', () => {
    const { feed, last, say, drop, gaps } = follow();
    feed.start();
    say('{"type":"hello","cursor":"5"}');
    for (let tries = 0; tries < 4; tries += 1) {
      drop();
      jest.advanceTimersByTime(15_000);
    }
    expect(last().cursor).toBeNull();
    say('{"type":"hello","cursor":"1"}');
    expect(gaps()).toBe(1);
  });

  it('takes no notice of messages it does not know', () => {
    const { feed, changes, say } = follow();
    feed.start();
    for (const text of ['', 'null', '[]', '{"type":"anomaly","cursor":"3"}', '{"type":"run.changed","run_id":"x"}']) say(text);
    expect(changes).toEqual([]);
  });

  it('is silent after it was stopped', () => {
    const { feed, sockets, last, drop } = follow();
    feed.start();
    drop();
    feed.stop();
    jest.advanceTimersByTime(60_000);
    expect(sockets).toHaveLength(1);
    expect(last().isClosed).toBe(true);
  });
});
