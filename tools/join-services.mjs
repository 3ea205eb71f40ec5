// One address for services that run one process each, as an ingress gives them in a cluster: HTTP, WebSockets and the web page.
import http from 'node:http';
import { baselineOpenApi } from '@orrery/baseline';
import { ingestOpenApi } from '@orrery/ingest';
import { predictorOpenApi } from '@orrery/predictor';
import { schedulerOpenApi } from '@orrery/scheduler';
import { fastify } from 'fastify';
import { serveConsole } from '../services/standalone/dist/console-pages.js';

const isIngest = ({ method, url }) => method === 'POST' && /^\/(v1\/|api\/v1\/(events|lineage|webhooks\/))/.test(url);
const isBaseline = ({ url }) => /^\/api\/v1\/(baselines|anomalies|anomaly-rules|alert-routes|alert-deliveries)(\/|\?|$)/.test(url);
const isPredictor = ({ url }) => /^\/api\/v1\/(predictions|accuracy|forecast|annotations|prediction-modes|models|trainings|runs\/[^/?]+\/prediction)(\/|\?|$)/.test(url);
const isScheduler = ({ url }) => /^\/api\/v1\/schedule(\/|\?|$)/.test(url);
const isDocument = ({ method, url }) => method === 'GET' && /^\/api\/v1\/openapi\.json(\?|$)/.test(url);
const isPage = ({ method, url }) => (method === 'GET' || method === 'HEAD') && !/^\/(api|v1|metrics|health)(\/|\?|$)/.test(url);

/**
 * Makes the HTTP server that stands before the services.
 *
 * @param {{ ingest: URL, eventStore: URL, baseline: URL, predictor: URL, scheduler: URL }} services where they listen
 */
export async function joinServices({ ingest, eventStore, baseline, predictor, scheduler }) {
  const pages = fastify({ forceCloseConnections: true });
  await serveConsole(pages);
  await pages.ready();
  const serviceFor = (incoming) => {
    if (isIngest(incoming)) return ingest;
    if (isBaseline(incoming)) return baseline;
    if (isScheduler(incoming)) return scheduler;
    return isPredictor(incoming) ? predictor : eventStore;
  };
  const server = http.createServer((incoming, outgoing) => {
    if (isPage(incoming)) pages.routing(incoming, outgoing);
    else if (isDocument(incoming)) void describe(incoming, outgoing, eventStore);
    else passOn(incoming, outgoing, serviceFor(incoming));
  });
  server.on('upgrade', (incoming, socket, head) => passOnUpgrade(incoming, { socket, head, target: eventStore }));
  return server;
}

function requestTo(target, { method, url, headers }) {
  return http.request({ host: target.hostname, port: target.port, method, path: url, headers });
}

/** The event store describes its own routes; those of the services beside it join them. */
async function describe({ url, headers }, outgoing, eventStore) {
  const answer = await fetch(new URL(url, eventStore), { headers: withoutHop(headers) }).catch(() => undefined);
  if (answer === undefined) return refuse(outgoing);
  const text = await answer.text();
  outgoing.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') }).end(answer.ok ? JSON.stringify(joined(JSON.parse(text))) : text);
}

function withoutHop({ authorization, 'x-api-key': key }) {
  return { ...(authorization === undefined ? {} : { authorization }), ...(key === undefined ? {} : { 'x-api-key': key }) };
}

function joined(document) {
  const fragments = [ingestOpenApi, baselineOpenApi, predictorOpenApi, schedulerOpenApi];
  const components = (kind) => Object.assign({}, document.components[kind], ...fragments.map((fragment) => fragment.components[kind]));
  return {
    ...document,
    paths: Object.assign({}, document.paths, ...fragments.map(({ paths }) => paths)),
    components: { schemas: components('schemas'), securitySchemes: components('securitySchemes') },
  };
}

function passOn(incoming, outgoing, target) {
  const request = requestTo(target, incoming);
  let isAnswered = false;
  request.once('response', (response) => {
    isAnswered = true;
    outgoing.writeHead(response.statusCode, response.headers);
    response.once('error', () => outgoing.destroy());
    response.pipe(outgoing);
  });
  // After the answer, what fails is a body that nobody wants to read any more, such as one that is too large.
  request.on('error', () => isAnswered || refuse(outgoing));
  outgoing.once('close', () => outgoing.writableFinished || request.destroy());
  incoming.pipe(request);
}

/** The service is away; whoever asks comes again. */
function refuse(outgoing) {
  const problem = { type: 'about:blank', title: 'Service Unavailable', status: 503, detail: 'the service is not reachable: try again shortly', code: 'ORRERY_DEPENDENCY' };
  outgoing.writeHead(503, { 'content-type': 'application/problem+json', 'retry-after': '1' }).end(JSON.stringify(problem));
}

function passOnUpgrade(incoming, { socket, head, target }) {
  const request = requestTo(target, incoming);
  socket.on('error', () => request.destroy());
  request.once('upgrade', (response, upstream, upstreamHead) => {
    socket.write(headOf(response));
    upstream.unshift(upstreamHead);
    socket.unshift(head);
    upstream.pipe(socket).pipe(upstream);
    for (const end of [upstream, socket]) for (const event of ['error', 'close']) end.on(event, () => [upstream, socket].forEach((other) => other.destroy()));
  });
  request.once('response', (response) => {
    socket.write(headOf(response));
    response.pipe(socket);
  });
  request.on('error', () => socket.destroy());
  request.end();
}

function headOf({ statusCode, statusMessage, rawHeaders }) {
  const lines = [`HTTP/1.1 ${statusCode} ${statusMessage}`];
  for (let index = 0; index < rawHeaders.length; index += 2) lines.push(`${rawHeaders[index]}: ${rawHeaders[index + 1]}`);
  return `${lines.join('\r\n')}\r\n\r\n`;
}
