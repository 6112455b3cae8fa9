// From what the probe wrote down to latencies: which key sent which message, which picture is the first that shows it.
import { percentile } from '../../web/js/latency.js';
import { rtpOf, rtpReached } from '../../web/js/wire.js';

// A message that leaves later than this after a key was not sent by it.
const SAME_MS = 120;

// {p50, p95, p99, max, mean, count} of numbers; undefined without any.
export function summary(values) {
  if (values.length === 0) return undefined;
  const [p50, p95, p99, max] = [0.5, 0.95, 0.99, 1].map((share) => percentile(values, share));
  return { p50, p95, p99, max, mean: mean(values), count: values.length };
}

export const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

const rtpOfShown = (shown) => shown.rtp ?? rtpOf(shown.ptsUs);

// The key that sent this message: the latest one before it, if it went down, and at the same moment. Clicks do not
// count: a browser clicks the form's button by itself when Enter is pressed.
function causeOf(message, keys) {
  const before = keys.findLast(({ event, now }) => event !== 'click' && now <= message.now);
  return before?.event === 'keydown' && message.now - before.now < SAME_MS ? before : undefined;
}

// Latencies of the messages of one type that keys sent when they went down. log: what the probe took. Each sample:
// {ms: event to presented, page: event to sent, way: sent until the picture is received, buffer, decode, show, ttffMs}.
// unanswered: messages without a receipt, not applied ones included; unseen: those whose picture never came.
export function samplesOf(log, type) {
  const result = { samples: [], unanswered: 0, unseen: 0 };
  const receipts = new Map(log.heard.filter((one) => one.type === 'receipt').map((one) => [one.id, one]));
  const firsts = new Map(log.heard.filter((one) => one.type === 'first_frame').map((one) => [one.id, one]));
  for (const message of log.sent.filter((one) => one.type === type)) {
    const cause = causeOf(message, log.keys);
    if (!cause) continue;
    const receipt = receipts.get(message.id);
    if (receipt?.outcome !== 'applied') {
      result.unanswered += 1;
      continue;
    }
    const shown = firstShowing(log.shown, receipt, message.now);
    if (!shown) result.unseen += 1;
    else result.samples.push(sample(cause, message, shown, firsts.get(message.id)?.ttffMs));
  }
  return result;
}

// The first picture presented after `since` from which what the receipt speaks of can be seen.
export function firstShowing(shown, receipt, since) {
  const wanted = rtpOf(receipt.ptsUs);
  return shown.find((picture) => picture.now >= since && rtpReached(rtpOfShown(picture), wanted));
}

function sample(cause, message, shown, ttffMs) {
  return {
    ms: shown.at - cause.at,
    page: message.now - cause.at,
    way: shown.received - message.now,
    buffer: shown.ready - shown.received - shown.decodeMs,
    decode: shown.decodeMs,
    show: shown.at - shown.ready,
    ttffMs,
  };
}

// Where the mean of these latencies goes: [{name, ms}], which adds up to it. server: means in ms of the same controls:
// {control (arrival to encoded picture), making, encoding}; encoding and making are left out where they are unknown.
export function stagesOf(samples, { control, making, encoding }) {
  const of = (name) => mean(samples.map((one) => one[name]));
  const stages = [{ name: 'page: key to message', ms: of('page') }];
  if (making === undefined) {
    stages.push({ name: 'server: world, painting, encoding', ms: control });
  } else {
    stages.push({ name: 'server: wait for a frame to begin and its time', ms: control - making - encoding },
      { name: 'server: moving the world and painting', ms: making }, { name: 'server: encoding', ms: encoding });
  }
  stages.push({ name: 'network, both ways', ms: of('way') - control }, { name: 'jitter buffer', ms: of('buffer') },
    { name: 'decoding', ms: of('decode') }, { name: 'until the screen shows it', ms: of('show') });
  return stages;
}

// {sum, count} of a histogram in Prometheus text; labels as they are written there, without braces.
export function histogramOf(text, name, labels = '') {
  const braces = labels ? `{${labels}}` : '';
  const value = (suffix) => Number(text.split('\n').find((line) => line.startsWith(`${name}${suffix}${braces} `))?.split(' ')[1] ?? 0);
  return { sum: value('_sum'), count: value('_count') };
}

// Mean in ms of what a histogram of seconds gained between two texts; undefined if it gained nothing.
export function gained(before, after, name, labels) {
  const [was, is] = [before, after].map((text) => histogramOf(text, name, labels));
  return is.count > was.count ? (1000 * (is.sum - was.sum)) / (is.count - was.count) : undefined;
}

// Shares of presented pictures in a log: {fps, missed: presented, but the page was not told}. Over at least two pictures.
export function rateOf({ shown }) {
  if (shown.length < 2) return { fps: 0, missed: 0 };
  const [first, last] = [shown[0], shown.at(-1)];
  const told = shown.length - 1;
  const all = last.count === undefined ? told : last.count - first.count;
  return { fps: (1000 * all) / (last.at - first.at), missed: all - told };
}
