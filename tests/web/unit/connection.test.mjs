import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { Connection } from '../../../web/js/connection.js';
import { ApiError } from '../../../web/js/errors.js';
import { TransportChoice, retryDelay, supportedTransports } from '../../../web/js/transport_choice.js';
import { trickleFragment } from '../../../web/js/webrtc_transport.js';

class FakeStorage {
  #values = new Map();
  getItem(name) {
    return this.#values.get(name) ?? null;
  }
  setItem(name, value) {
    this.#values.set(name, String(value));
  }
  removeItem(name) {
    this.#values.delete(name);
  }
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

// A connection whose transports do as `behaviour[kind]` says: 'open', or an Error to fail with.
function connection({ behaviour, api = { session: async () => ({}) }, forced }) {
  const opened = [];
  const make = (kind) => ({ events, token }) => {
    const transport = {
      kind, events, token, sent: [], closed: false,
      open: async () => {
        opened.push(transport);
        if (behaviour[kind] instanceof Error) throw behaviour[kind];
      },
      send: (text) => transport.sent.push(JSON.parse(text)) > 0,
      close: () => { transport.closed = true; },
      stats: async () => ({}),
    };
    return transport;
  };
  const storage = new FakeStorage();
  const surfaces = { video: { hidden: false }, canvas: { hidden: true } };
  const choice = new TransportChoice({ storage, forced, now: () => 1000 });
  const session = { id: 's_1', token: 'old' };
  const line = new Connection({ api, session, surfaces, choice, transports: { webrtc: make('webrtc'), socket: make('socket') } });
  const states = [];
  line.on('state', (state) => states.push(state));
  return { line, opened, states, surfaces, storage, session, behaviour };
}

test('WebRTC comes first and shows the video element', async () => {
  const { line, opened, surfaces } = connection({ behaviour: { webrtc: 'open', socket: 'open' } });
  await line.open();
  assert.deepEqual(opened.map(({ kind }) => kind), ['webrtc']);
  assert.equal(line.phase, 'live');
  assert.deepEqual(surfaces, { video: { hidden: false }, canvas: { hidden: true } });
  line.close();
});

test('where no UDP passes, the socket plays, and is tried first the next time', async () => {
  const { line, opened, surfaces, storage } = connection({
    behaviour: { webrtc: new Error('no way to the server by UDP'), socket: 'open' } });
  await line.open();
  assert.equal(line.kind, 'socket');
  assert.deepEqual(surfaces, { video: { hidden: true }, canvas: { hidden: false } });
  assert.equal(opened[0].closed, true);
  const next = new TransportChoice({ storage, now: () => 2000 });
  assert.deepEqual(next.order(), ['socket', 'webrtc']);
  line.close();
});

test('a refusal by the server is not held against WebRTC', async () => {
  const { line, storage } = connection({ behaviour: { webrtc: new ApiError(503, 'busy', ''), socket: 'open' } });
  await line.open();
  assert.deepEqual(new TransportChoice({ storage, now: () => 2000 }).order(), ['webrtc', 'socket']);
  line.close();
});

test('a lost line comes back after a while', async () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  const { line, opened, states } = connection({ behaviour: { webrtc: 'open' } });
  await line.open();
  opened[0].events.closed('the connection was lost');
  assert.equal(states.at(-1).phase, 'waiting');
  assert.match(states.at(-1).error.message, /lost/);
  assert.equal(line.send({ type: 'pause' }), false);
  mock.timers.tick(1000);
  await settle();
  assert.equal(line.phase, 'live');
  assert.equal(opened.length, 2);
  mock.timers.reset();
  line.close();
});

test('what an old transport still says is not heard', async () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  const { line, opened } = connection({ behaviour: { webrtc: 'open' } });
  const heard = [];
  line.on('message', (message) => heard.push(message));
  await line.open();
  opened[0].events.closed('lost');
  mock.timers.tick(1000);
  await settle();
  opened[0].events.message('{"type":"stats"}');
  opened[0].events.closed('again');
  assert.deepEqual(heard, []);
  assert.equal(line.phase, 'live');
  mock.timers.reset();
  line.close();
});

test('a session that is no more ends the line', async () => {
  const api = { session: async () => { throw new ApiError(404, 'not_found', ''); } };
  const { line } = connection({ behaviour: { webrtc: new Error('no'), socket: new Error('no') }, api });
  const gone = [];
  line.on('gone', (error) => gone.push(error.status));
  await line.open();
  assert.deepEqual(gone, [404]);
  assert.equal(line.phase, 'closed');
});

test('a token that ran out is renewed and used', async () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  const api = {
    session: async () => { throw new ApiError(401, 'unauthorized', ''); },
    renewToken: async () => ({ token: 'fresh' }),
  };
  const { line, opened, behaviour } = connection({ behaviour: { webrtc: new Error('no'), socket: new Error('no') }, api });
  await line.open();
  assert.equal(line.phase, 'waiting');
  behaviour.webrtc = 'open';
  mock.timers.tick(1000);
  await settle();
  assert.equal(opened.at(-1).token, 'fresh');
  assert.equal(line.phase, 'live');
  mock.timers.reset();
  line.close();
});

test('messages carry the version', async () => {
  const { line, opened } = connection({ behaviour: { webrtc: 'open' } });
  await line.open();
  line.send({ type: 'pause', id: 'p1' });
  assert.deepEqual(opened[0].sent, [{ v: 1, type: 'pause', id: 'p1' }]);
  line.close();
});

test('something that is not JSON does no harm', async () => {
  const { line, opened } = connection({ behaviour: { webrtc: 'open' } });
  const heard = [];
  line.on('message', ({ type }) => heard.push(type));
  await line.open();
  opened[0].events.message('{');
  opened[0].events.message('{"type":"pong"}');
  assert.deepEqual(heard, ['pong']);
  line.close();
});

test('the wait between tries doubles up to ten seconds', () => {
  assert.equal(retryDelay(0, 0.5), 400);
  assert.equal(retryDelay(3, 0.5), 3200);
  assert.equal(retryDelay(30, 0.5), 10000);
  assert.ok(retryDelay(1, 0) < retryDelay(1, 1));
});

test('after an hour the network gets another chance', () => {
  let now = 5000;
  const choice = new TransportChoice({ storage: new FakeStorage(), now: () => now });
  choice.worked('socket', { webrtcFailed: true });
  assert.equal(choice.order()[0], 'socket');
  now += 3600 * 1000 + 1;
  assert.equal(choice.order()[0], 'webrtc');
});

test('an address may force one way, and storage may be forbidden', () => {
  const forbidden = { getItem: () => { throw new Error('denied'); }, setItem: () => { throw new Error('denied'); } };
  const choice = new TransportChoice({ storage: forbidden });
  choice.worked('socket', { webrtcFailed: true });
  assert.deepEqual(choice.order(), ['webrtc', 'socket']);
  assert.deepEqual(new TransportChoice({ forced: 'socket' }).order(), ['socket']);
});

test('only what the browser can do is tried', () => {
  assert.deepEqual(supportedTransports({ RTCPeerConnection: class {} }), ['webrtc']);
  assert.deepEqual(supportedTransports({ VideoDecoder: class {} }), ['socket']);
  assert.deepEqual(new TransportChoice({ supported: ['socket'] }).order(), ['socket']);
});

test('late candidates travel with the credentials of the offer', () => {
  const sdp = 'v=0\r\na=ice-ufrag:abcd\r\na=ice-pwd:secret\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:0\r\n';
  const lines = trickleFragment(sdp, ['candidate:1 1 udp 1 192.0.2.1 5000 typ host']).split('\r\n');
  assert.deepEqual(lines, ['a=ice-ufrag:abcd', 'a=ice-pwd:secret', 'm=video 9 UDP/TLS/RTP/SAVPF 0', 'a=mid:0',
    'a=candidate:1 1 udp 1 192.0.2.1 5000 typ host', '']);
});
