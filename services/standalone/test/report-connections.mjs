// Loaded into the server by `node --import`: tells the spec of every TCP connection that the server tries to open.
import net from 'node:net';

const connect = net.Socket.prototype.connect;

net.Socket.prototype.connect = function report(...parameters) {
  const [first] = Array.isArray(parameters[0]) ? parameters[0] : parameters;
  const { host, port } = typeof first === 'object' ? first : { port: first, host: parameters[1] };
  process.send?.({ connection: `${host ?? 'localhost'}:${port}` });
  return connect.apply(this, parameters);
};
