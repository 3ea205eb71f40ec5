import { OrreryError } from '@orrery/errors';
import type { FeedPosition } from '../storage/change-feed.js';

/** A position as clients keep it, with when it was given out. */
export interface FeedCursor {
  readonly position: FeedPosition;
  readonly givenAtMs: number;
}

const form = /^(\d{1,20})\.(\d{1,19})\.(\d{1,16})$/;
const largestXid = 2n ** 64n - 1n;
const largestNumber = 2n ** 63n - 1n;

export function feedCursorOf({ position, givenAtMs }: FeedCursor): string {
  return Buffer.from(`${position.xid}.${position.number}.${givenAtMs}`).toString('base64url');
}

/** @throws ORRERY_VALIDATION when it is not a cursor of the feed. */
export function parseFeedCursor(cursor: string): FeedCursor {
  const bytes = Buffer.from(cursor, 'base64url');
  const match = bytes.toString('base64url') === cursor ? form.exec(bytes.toString('latin1')) : null;
  const [, xid = '', number = '', givenAt = ''] = match ?? [];
  if (match === null || BigInt(xid) > largestXid || BigInt(number) > largestNumber) {
    throw new OrreryError('ORRERY_VALIDATION', 'query.cursor: the feed did not give out such a cursor');
  }
  return { position: { xid, number }, givenAtMs: Number(givenAt) };
}

/** Tells whether one position lies after another one. */
export function isAfter(a: FeedPosition, b: FeedPosition): boolean {
  const [xidA, xidB] = [BigInt(a.xid), BigInt(b.xid)];
  return xidA > xidB || (xidA === xidB && BigInt(a.number) > BigInt(b.number));
}
