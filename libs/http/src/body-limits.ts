import { Transform, type Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { OrreryError } from '@orrery/errors';
import type { FastifyInstance, FastifyRequest } from 'fastify';

export interface BodyLimits {
  /** Largest body after decompression, in bytes. @default 10 MiB */
  readonly bodyBytes: number;
  /** All bodies being handled at one time, in bytes after decompression; above it new requests get 503. @default 64 MiB */
  readonly inFlightBytes: number;
}

export const defaultBodyLimits: BodyLimits = { bodyBytes: 10 * 1024 * 1024, inFlightBytes: 64 * 1024 * 1024 };

/** How long after its answer a request may go on sending. */
const lingerMs = 2000;

const decompressors = {
  gzip: () => createGunzip(),
  'x-gzip': () => createGunzip(),
  deflate: () => createInflate(),
  br: () => createBrotliDecompress(),
} as const;

/** Counts the bytes of all bodies in hand. */
export class InFlightBytes {
  current = 0;
}

/**
 * Makes every body arrive as raw bytes, decompressed as a stream and cut off at the limit, so that a small bomb cannot grow
 * large in memory; refuses new bodies while too many are in hand.
 */
export function limitBodies(fastify: FastifyInstance, limits: BodyLimits, inFlight: InFlightBytes): void {
  fastify.removeAllContentTypeParsers();
  letAnswersArrive(fastify);
  fastify.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: limits.bodyBytes }, (_request, body, done) => {
    done(null, body);
  });
  fastify.addHook('onRequest', (request, _reply, done) => {
    const isTooMuch = request.method !== 'GET' && inFlight.current > limits.inFlightBytes;
    done(isTooMuch ? overloaded() : undefined);
  });
  fastify.addHook('preParsing', (request, reply, stream, done) => {
    const payload = stream as Readable;
    const counter = new CountingTransform(limits.bodyBytes, inFlight);
    reply.raw.once('close', () => counter.release());
    // Fastify listens for errors only while it reads; one that comes after it has answered must not end the process.
    counter.on('error', () => payload.unpipe());
    try {
      done(null, through(request, payload, counter));
    } catch (error) {
      done(error as Error);
    }
  });
}

/**
 * A client in the middle of its body looks at the answer only afterwards; if the connection is closed at once, as Fastify would have it,
 * it sees a broken pipe. Without that header Node reads the rest and drops it, which is allowed for a moment.
 */
function letAnswersArrive(fastify: FastifyInstance): void {
  fastify.addHook('onSend', ({ raw }, reply, _payload, done) => {
    if (reply.statusCode >= 400 && !raw.complete) reply.removeHeader('connection');
    done();
  });
  fastify.addHook('onResponse', ({ raw }, _reply, done) => {
    if (!raw.complete) {
      const closing = setTimeout(() => raw.socket.destroy(), lingerMs);
      raw.once('close', () => clearTimeout(closing));
    }
    done();
  });
}

function through(request: FastifyRequest, payload: Readable, counter: CountingTransform): Readable {
  const encoding = (request.headers['content-encoding'] ?? 'identity').toLowerCase().trim();
  payload.on('data', (chunk: Buffer) => (counter.receivedEncodedLength += chunk.length));
  payload.once('error', (error) => counter.destroy(error));
  if (encoding === 'identity') return payload.pipe(counter);
  if (!Object.hasOwn(decompressors, encoding)) {
    throw new OrreryError('ORRERY_VALIDATION', `content encoding ${encoding} is not supported; use ${Object.keys(decompressors).join(', ')}`, {
      details: { httpStatus: 415 },
    });
  }
  const decompressor = decompressors[encoding as keyof typeof decompressors]();
  decompressor.once('error', () => {
    counter.destroy(new OrreryError('ORRERY_VALIDATION', `the body is not valid ${encoding}`));
  });
  counter.once('close', () => decompressor.destroy());
  return payload.pipe(decompressor).pipe(counter);
}

class CountingTransform extends Transform {
  /** Fastify compares it with Content-Length. */
  receivedEncodedLength = 0;
  private counted = 0;
  private isReleased = false;

  constructor(
    private readonly limitBytes: number,
    private readonly inFlight: InFlightBytes,
  ) {
    super();
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null, data?: Buffer) => void): void {
    this.counted += chunk.length;
    if (!this.isReleased) this.inFlight.current += chunk.length;
    if (this.counted > this.limitBytes) done(tooLarge(this.limitBytes));
    else done(null, chunk);
  }

  release(): void {
    if (this.isReleased) return;
    this.isReleased = true;
    this.inFlight.current -= this.counted;
  }
}

/** The error for a body over its limit (HTTP 413). */
export function tooLarge(limitBytes: number): OrreryError {
  return new OrreryError('ORRERY_LIMIT', `the body is larger than ${limitBytes} bytes after decompression: send it in smaller parts`, {
    retriable: false,
    details: { httpStatus: 413, limitBytes },
  });
}

function overloaded(): OrreryError {
  return new OrreryError('ORRERY_LIMIT', 'too many bodies are being handled: try again shortly', {
    details: { httpStatus: 503, retryAfterSeconds: 1 },
  });
}
