// Recording on the server, and pictures of what is on the screen.
import { byId, saveAs, slug } from './dom.js';
import { humanWords } from './errors.js';
import { toast } from './toasts.js';
import { clockOf } from './time_words.js';

export class Recorder {
  #api;
  #session;
  #button = byId('record');
  #clock = byId('record-clock');
  #since;
  #timer;
  #working = false;

  constructor(api, session) {
    this.#api = api;
    this.#session = session;
  }

  get recording() {
    return this.#since !== undefined;
  }

  async toggle() {
    if (this.#working) return;
    this.#working = true;
    this.#button.classList.add('working');
    try {
      if (this.recording) await this.#stop();
      else await this.#start();
    } catch (error) {
      toast(humanWords(error), 'fault');
    } finally {
      this.#working = false;
      this.#button.classList.remove('working');
    }
  }

  // The server's word on it: after a reload, or if it ended by itself.
  sync(recording) {
    if (this.#working || recording === this.recording) return;
    this.#show(recording ? performance.now() : undefined);
    if (!recording) toast('The recording has ended.');
  }

  async #start() {
    const { info } = this.#session();
    await this.#api.startRecording(info.id, info.token);
    this.#show(performance.now());
    toast('Recording.');
  }

  async #stop() {
    const { info } = this.#session();
    await this.#api.stopRecording(info.id, info.token);
    this.#show(undefined);
    toast('Saving the recording…');
    saveAs(await this.#api.recording(info.id, info.token), `${slug(info.prompt ?? '')}.mp4`);
  }

  #show(since) {
    this.#since = since;
    clearInterval(this.#timer);
    this.#button.setAttribute('aria-pressed', String(since !== undefined));
    this.#clock.hidden = since === undefined;
    if (since === undefined) return;
    const tick = () => {
      this.#clock.textContent = clockOf((performance.now() - since) / 1000);
    };
    tick();
    this.#timer = setInterval(tick, 1000);
  }
}

// Saves what the picture element (video or canvas) shows as a PNG.
export async function saveScreenshot(element, prompt) {
  const width = element.videoWidth ?? element.width;
  const height = element.videoHeight ?? element.height;
  if (!width || !height) {
    toast('There is no picture yet.');
    return;
  }
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  canvas.getContext('2d').drawImage(element, 0, 0, width, height);
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, 'image/png'));
  if (blob) saveAs(blob, `${slug(prompt ?? '')}.png`);
  else toast('The picture could not be saved.', 'fault');
}
