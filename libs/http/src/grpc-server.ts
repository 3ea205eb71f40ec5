import http2 from 'node:http2';
import type { AddressInfo } from 'node:net';
import { Code, ConnectError, type ConnectRouter, type HandlerContext } from '@connectrpc/connect';
import { connectNodeAdapter } from '@connectrpc/connect-node';
import { OrreryError, toGrpcStatus } from '@orrery/errors';

/** Does the work of one call for the tenant that makes it; what goes wrong becomes a gRPC status. */
export type Answering = <Result>(context: HandlerContext, work: (tenantId: string) => Promise<Result>) => Promise<Result>;

export interface GrpcServerOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** The setting that the port is from, for whoever has to change it. */
  readonly portSetting: string;
  /** An engine that sends more in one call has something else in mind. */
  readonly largestMessageBytes: number;
  /** Adds the services. */
  readonly routes: (router: ConnectRouter, answering: Answering) => void;
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

/**
 * Serves gRPC (HTTP/2 without TLS: a mesh or an ingress brings that).
 *
 * @throws ORRERY_CONFIG when the port is taken.
 * @example startGrpcServer({ …, routes: (router, answering) => router.service(Predictor, { predict: (request, context) => answering(context, (tenantId) => …) }) })
 */
export async function startGrpcServer({ host, port, portSetting, largestMessageBytes, routes, authenticate, onFailure }: GrpcServerOptions): Promise<GrpcServer> {
  const answering: Answering = async (context, work) => {
    try {
      return await work(authenticate({ headers: Object.fromEntries(context.requestHeader.entries()) }));
    } catch (error) {
      const { status, message } = toGrpcStatus(error);
      if (status === Code.Internal) onFailure(error);
      throw new ConnectError(message, status);
    }
  };
  const server = http2.createServer(connectNodeAdapter({ routes: (router) => routes(router, answering), grpcWeb: false, connect: false, readMaxBytes: largestMessageBytes }));
  const sessions = new Set<http2.ServerHttp2Session>();
  server.on('session', (session) => {
    sessions.add(session);
    session.once('close', () => sessions.delete(session));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(new OrreryError('ORRERY_CONFIG', `gRPC cannot listen on ${host}:${port}: ${error.message}; set ${portSetting}`, { cause: error })));
    server.listen(port, host, resolve);
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
