// What the server's bytes and time stamps mean: docs/live.md, "Time" and "Video on the WebSocket".

const HEADER_BYTES = 24;
const RTP_MODULUS = 2 ** 32;
// The payloader may round a time stamp to the next tick; half a millisecond is far less than a frame.
const RTP_TOLERANCE = 45;

// The RTP time stamp (90 kHz, modulo 2^32) of a frame whose presentation time is `ptsUs` microseconds.
export function rtpOf(ptsUs) {
  return Math.floor((ptsUs * 9) / 100) % RTP_MODULUS;
}

// Whether the frame with the time stamp `shown` is the wanted one or a later one, across the wrap.
export function rtpReached(shown, wanted) {
  const ahead = (shown - wanted + RTP_TOLERANCE + RTP_MODULUS) % RTP_MODULUS;
  return ahead < RTP_MODULUS / 2;
}

// Takes one binary message of the video WebSocket apart; throws an Error that says what is wrong with it.
export function parsePicture(buffer) {
  if (buffer.byteLength <= HEADER_BYTES) {
    throw new Error(`found a picture of ${buffer.byteLength} bytes, expected more than ${HEADER_BYTES}`);
  }
  const view = new DataView(buffer);
  if (view.getUint8(0) !== 0x56 || view.getUint8(1) !== 0x31) {
    throw new Error('found a message that does not begin with V1, expected a picture');
  }
  return {
    key: (view.getUint8(2) & 1) === 1,
    sequence: view.getUint32(4, true),
    frame: Number(view.getBigUint64(8, true)),
    ptsUs: Number(view.getBigUint64(16, true)),
    data: new Uint8Array(buffer, HEADER_BYTES),
  };
}
