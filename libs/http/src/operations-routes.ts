import type { Telemetry } from '@orrery/telemetry';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { HealthRegistry, HealthReport } from './health.js';

/**
 * Routes that need no API key: probes come from the orchestrator, and the web page's files (`/*`) are the same for everyone.
 * They are route patterns, not request paths, so that no spelling of a path can pass for another one.
 */
export const openRoutes: ReadonlySet<string> = new Set(['/health/live', '/health/ready', '/health/startup', '/', '/*']);

/** Adds the routes for operators: health (live, ready, startup) and Prometheus metrics. */
export function addOperationsRoutes(fastify: FastifyInstance, health: HealthRegistry, telemetry: Telemetry): void {
  fastify.get('/health/live', (_request, reply) => answer(reply, { status: 'ok', details: {} }));
  fastify.get('/health/startup', (_request, reply) => answer(reply, health.startup()));
  fastify.get('/health/ready', async (_request, reply) => answer(reply, await health.ready()));
  fastify.get('/metrics', async (_request, reply) => {
    return reply.type('text/plain; version=0.0.4; charset=utf-8').send(await telemetry.metricsText());
  });
}

function answer(reply: FastifyReply, report: HealthReport): FastifyReply {
  return reply.status(report.status === 'ok' ? 200 : 503).send(report);
}
