import http2 from 'node:http2';
import type { AddressInfo } from 'node:net';
import { Code, ConnectError, type ConnectRouter, type HandlerContext } from '@connectrpc/connect';
import { connectNodeAdapter } from '@connectrpc/connect-node';
import { Scheduler } from '@orrery/contracts';
import { OrreryError, toGrpcStatus } from '@orrery/errors';
import type { DecidingService } from './deciding.service.js';
import { questionOfCall, responseOf } from './grpc-messages.js';

export interface GrpcServerOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly deciding: DecidingService;
  /** Names the tenant of a call by its metadata, or throws. */
  readonly authenticate: (call: { readonly headers: Readonly<Record<string, string>> }) => string;
  /** Told of failures that are nobody's but the service's. */
  readonly onFailure: (error: unknown) => void;
}

export interface GrpcServer {
  readonly port: number;
  /** Finishes what is in hand and stops listening. */
  close(): Promise<void>;
}

/** An engine that sends more in one call has something else in mind. */
const largestMessageBytes = 32 * 1024 * 1024;

/** Serves `Scheduler` over gRPC (HTTP/2 without TLS: a mesh or an ingress brings that). @throws ORRERY_CONFIG when the port is taken. */
export async function startGrpcServer(options: GrpcServerOptions): Promise<GrpcServer> {
  const server = http2.createServer(connectNodeAdapter({ routes: routesOf(options), grpcWeb: false, connect: false, readMaxBytes: largestMessageBytes }));
  const sessions = new Set<http2.ServerHttp2Session>();
  server.on('session', (session) => {
    sessions.add(session);
    session.once('close', () => sessions.delete(session));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(new OrreryError('ORRERY_CONFIG', `gRPC cannot listen on ${options.host}:${options.port}: ${error.message}; set ORRERY_SCHEDULER_GRPC_PORT`, { cause: error })));
    server.listen(options.port, options.host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const session of sessions) session.close();
      }),
  };
}

function routesOf({ deciding, authenticate, onFailure }: GrpcServerOptions): (router: ConnectRouter) => void {
  const answering = async <Result>(context: HandlerContext, work: (tenantId: string) => Promise<Result>): Promise<Result> => {
    try {
      return await work(authenticate({ headers: Object.fromEntries(context.requestHeader.entries()) }));
    } catch (error) {
      const { status, message } = toGrpcStatus(error);
      if (status === Code.Internal) onFailure(error);
      throw new ConnectError(message, status);
    }
  };
  return (router) => {
    router.service(Scheduler, {
      decide: (request, context) => answering(context, async (tenantId) => responseOf(await deciding.decide(tenantId, questionOfCall(request, deciding.nowMs())))),
    });
  };
}
