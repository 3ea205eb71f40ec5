import { gzipSync } from 'node:zlib';
import { connect } from 'node:net';
import { Body, Controller, Get, Module, Post, Req } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { OrreryError } from '@orrery/errors';
import { createLogger, startTelemetry, type Telemetry } from '@orrery/telemetry';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { HealthRegistry } from '../src/health.js';
import { parseJsonBody } from '../src/json-body.js';
import { startHttpService, type HttpService } from '../src/start-http-service.js';

@Controller('echo')
class EchoController {
  @Post()
  echo(@Body() body: Buffer, @Req() request: FastifyRequest): object {
    return { sizeBytes: body.length, tenantId: request.tenantId };
  }

  @Post('typed')
  typed(@Body() body: Buffer): object {
    return parseJsonBody(z.object({ count: z.number() }), body);
  }

  @Get('bug')
  bug(): never {
    throw new TypeError('select secret from table');
  }

  @Get('dependency')
  dependency(): never {
    throw new OrreryError('ORRERY_DEPENDENCY', 'the log is down');
  }
}

@Module({ controllers: [EchoController] })
class EchoModule {}

const limitBytes = 100_000;

describe('HTTP service', () => {
  const health = new HealthRegistry();
  let telemetry: Telemetry;
  let service: HttpService;
  let isLogUp = true;

  beforeAll(async () => {
    telemetry = await startTelemetry({ serviceName: 'spec' });
    health.register('log', async () => {
      if (!isLogUp) throw new OrreryError('ORRERY_DEPENDENCY', 'broker 1 does not answer');
    });
    service = await startHttpService({
      module: EchoModule,
      host: '127.0.0.1',
      port: 0,
      logger: createLogger('spec', 'silent'),
      telemetry,
      health,
      authenticate: (request) => {
        if (request.headers['x-api-key'] === 'no') throw new OrreryError('ORRERY_FORBIDDEN', 'no', { details: { httpStatus: 401 } });
        return 'team-a';
      },
      limits: { bodyBytes: limitBytes },
    });
  });

  afterAll(async () => {
    await service.close();
    await telemetry.shutdown();
  });

  const post = (body: Uint8Array | string, headers: Record<string, string> = {}, path = '/echo') =>
    fetch(`${service.url}${path}`, { method: 'POST', body, headers });

  it('hands over bodies as bytes, decompressed, with the tenant', async () => {
    const response = await post(gzipSync('x'.repeat(5000)), { 'content-encoding': 'gzip', 'content-type': 'application/json; charset=utf-8' });

    expect(response.status).toBe(201);
    expect(await response.json()).toEqual({ sizeBytes: 5000, tenantId: 'team-a' });
  });

  it('refuses a body over the limit with 413, also when it is small while compressed', async () => {
    const bomb = gzipSync(Buffer.alloc(limitBytes * 500));
    expect(bomb.length).toBeLessThan(limitBytes);

    for (const response of [await post(bomb, { 'content-encoding': 'gzip' }), await post('x'.repeat(limitBytes + 1))]) {
      expect(response.status).toBe(413);
      expect(response.headers.get('content-type')).toContain('application/problem+json');
      expect(await response.json()).toMatchObject({ code: 'ORRERY_LIMIT', status: 413 });
    }
  });

  it('lets the refusal arrive at a sender that is in the middle of its body', async () => {
    const body = Buffer.alloc(limitBytes * 100);
    const statuses: number[] = [];
    for (let attempt = 0; attempt < 20; attempt += 1) statuses.push((await post(body)).status);

    expect(new Set(statuses)).toEqual(new Set([413]));
  });

  it('cuts off a sender that goes on sending after the refusal', async () => {
    const { port } = new URL(service.url);
    const socket = connect(Number(port), '127.0.0.1');
    let answer = '';
    socket.on('data', (chunk) => (answer += chunk.toString()));
    socket.on('error', () => undefined);
    socket.write('POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000000\r\n\r\n');
    const dripping = setInterval(() => socket.write('x'), 20);
    await new Promise<void>((resolve) => socket.once('close', () => resolve()));
    clearInterval(dripping);

    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
  });

  it('refuses broken and unknown encodings', async () => {
    expect((await post('not gzip', { 'content-encoding': 'gzip' })).status).toBe(400);
    expect((await post('x', { 'content-encoding': 'snappy' })).status).toBe(415);
  });

  it('answers bad JSON and wrong fields with 400 and says which', async () => {
    expect(await (await post('{"count":', {}, '/echo/typed')).json()).toMatchObject({ status: 400, detail: 'the body is not JSON' });
    const wrong = await (await post('{"count":"three"}', {}, '/echo/typed')).json();
    expect(wrong).toMatchObject({ status: 400, detail: expect.stringContaining('body.count') });
  });

  it('answers 401 without a valid key, before the body is read', async () => {
    const response = await post('x', { 'x-api-key': 'no' });

    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe('Bearer');
  });

  it('answers 401 for the metrics too', async () => {
    const response = await fetch(`${service.url}/metrics`, { headers: { 'x-api-key': 'no' } });

    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ code: 'ORRERY_FORBIDDEN' });
  });

  it('answers paths that are not even written correctly with a problem document', async () => {
    const response = await fetch(`${service.url}/%E0%A4%A`);

    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: 'ORRERY_VALIDATION' });
  });

  it('answers unknown paths with a problem document', async () => {
    const response = await fetch(`${service.url}/nowhere`);

    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ code: 'ORRERY_NOT_FOUND', instance: '/nowhere' });
  });

  it('tells when to try again while a dependency is down', async () => {
    const response = await fetch(`${service.url}/echo/dependency`);

    expect(response.status).toBe(503);
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  it('keeps the message of a bug to itself', async () => {
    const response = await fetch(`${service.url}/echo/bug`);

    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('secret');
  });

  it('is live always, ready only while its parts are up', async () => {
    expect((await fetch(`${service.url}/health/live`)).status).toBe(200);
    expect((await fetch(`${service.url}/health/startup`)).status).toBe(200);
    expect((await fetch(`${service.url}/health/ready`)).status).toBe(200);

    isLogUp = false;
    const response = await fetch(`${service.url}/health/ready`);
    isLogUp = true;

    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ details: { log: { status: 'down', reason: 'broker 1 does not answer' } } });
  });

  it('serves metrics', async () => {
    const response = await fetch(`${service.url}/metrics`);

    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toContain('text/plain');
  });

  it('survives senders that hang up in the middle of a body', async () => {
    const { port } = new URL(service.url);
    await new Promise<void>((resolve) => {
      const socket = connect(Number(port), '127.0.0.1', () => {
        socket.write('POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000\r\n\r\nabc');
        setTimeout(() => socket.destroy(), 50);
      });
      socket.once('close', () => resolve());
    });

    expect((await post('still here')).status).toBe(201);
  });

  it('closes although clients hold connections on which they ask nothing', async () => {
    const { port } = new URL(service.url);
    const silent = connect(Number(port), '127.0.0.1');
    const asked = connect(Number(port), '127.0.0.1');
    asked.write('GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await new Promise((resolve) => asked.once('data', resolve));
    const ended = Promise.all([silent, asked].map((socket) => new Promise((resolve) => socket.once('close', resolve).resume())));

    await service.close();

    await ended;
  });
});
