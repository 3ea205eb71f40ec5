import net from 'node:net';

const METADATA_KEY = 3;
const METADATA_VERSION = 4;
const REPLY_LIMIT_BYTES = 1024 * 1024;

/**
 * Asks a broker which brokers can take topics, without a Kafka client.
 *
 * Resolves to `{ brokerCount, clusterId }`, or to `undefined` when nothing that speaks Kafka answers in time. A broker that
 * is still catching up answers with no brokers: an open port alone does not mean that a topic can be created.
 */
export async function probeBroker(host, port, timeoutMs) {
  try {
    return decodeMetadata(await exchange(host, port, metadataRequest(), timeoutMs));
  } catch {
    return undefined;
  }
}

// Request header v1 and Metadata v4 with an empty topic list: https://kafka.apache.org/protocol#The_Messages_Metadata
function metadataRequest() {
  const clientId = Buffer.from('orrery-probe');
  const body = Buffer.alloc(4 + 2 + 2 + 4 + 2 + clientId.length + 4 + 1);
  let at = body.writeInt32BE(body.length - 4, 0);
  at = body.writeInt16BE(METADATA_KEY, at);
  at = body.writeInt16BE(METADATA_VERSION, at);
  at = body.writeInt32BE(1, at);
  at = body.writeInt16BE(clientId.length, at);
  clientId.copy(body, at);
  return body;
}

function decodeMetadata(reply) {
  let at = 8; // after the correlation id and the throttle time
  const text = () => {
    const length = reply.readInt16BE(at);
    const start = at + 2;
    at = start + Math.max(length, 0);
    return length < 0 ? undefined : reply.toString('utf8', start, at);
  };
  const brokerCount = reply.readInt32BE(at);
  at += 4;
  for (let index = 0; index < brokerCount; index += 1) {
    at += 4; // node id
    text(); // host
    at += 4; // port
    text(); // rack
  }
  return { brokerCount, clusterId: text() };
}

function exchange(host, port, request, timeoutMs) {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ host, port });
    let received = Buffer.alloc(0);
    const finish = (settle, value) => {
      socket.destroy();
      settle(value);
    };
    socket.setTimeout(timeoutMs, () => finish(reject, new RangeError('no answer in time')));
    socket.on('error', (error) => finish(reject, error));
    socket.on('close', () => reject(new RangeError('closed without an answer')));
    socket.on('connect', () => socket.write(request));
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      if (received.length < 4) return;
      const length = received.readInt32BE(0);
      if (length < 8 || length > REPLY_LIMIT_BYTES) finish(reject, new RangeError('not a Kafka answer'));
      else if (received.length >= 4 + length) finish(resolve, received.subarray(4, 4 + length));
    });
  });
}
