// The page: joins the words, the controls, the figures and the picture of one world.
import { wireControls } from './controls.js';
import { showHelp } from './dialogs.js';
import { byId } from './dom.js';
import { Hud } from './hud.js';
import { anySeed, worldHash } from './opening.js';
import { PromptBox } from './prompt_box.js';
import { Recorder, saveScreenshot } from './recorder.js';
import { Share } from './share.js';
import { Steering } from './steering.js';
import { Hint, fadeWhenIdle, setRole, setView, showLine, view } from './view.js';
import { Notice, toast } from './toasts.js';
import { Drawer, Switch, bindButtons, bindMore, followFullscreen, toggleFullscreen } from './tools.js';
import { showUnderstood } from './understood.js';
import { humanWords } from './errors.js';
import { WorldPanel } from './world_panel.js';

const STEER_ONLY = new Set(['pause', 'autopilot', 'new_seed', 'panel', 'record', 'share', 'prompt']);
const MAKING_MS = 6000; // after that the box is freed even if no picture came
const WIDE = matchMedia('(min-width: 900px)');
const COARSE = matchMedia('(pointer: coarse)');

export class App {
  notice = new Notice();
  #api;
  #session;
  #surfaces = { video: byId('video'), canvas: byId('canvas') };
  #viewers = 0;
  #said = {}; // the latest answer on what was understood
  #wish; // what was asked for while the line was down: {prompt, seed}
  #asked = new Map(); // id of a reset -> how long its words had waited for the line, in ms
  #making;
  #onWorld;
  #hint = new Hint();
  #commands = {
    pause: () => this.#pause(!this.#paused.on),
    autopilot: () => this.#autopilot(!this.#flies.on),
    new_seed: () => this.reset({ prompt: this.#session?.info.prompt, seed: anySeed() }),
    panel: () => this.#panelDrawer.toggle(),
    record: () => this.#recorder.toggle(),
    screenshot: () => this.#screenshot(),
    share: () => this.#session && this.#share.open(),
    hud: () => this.#hudDrawer.toggle(),
    fullscreen: toggleFullscreen,
    help: showHelp,
    prompt: () => this.#box.focus(),
  };
  #paused = new Switch('pause', ['Pause', 'Go on']);
  #flies = new Switch('autopilot', ['Autopilot', 'Autopilot is on']);
  #hudDrawer = new Drawer('hud-button', 'hud');
  #panelDrawer = new Drawer('panel-button', 'panel');
  #box;
  #panel = new WorldPanel(byId('panel'));
  #hud = new Hud(byId('hud'), (value) => this.#session?.tier(value));
  #recorder;
  #share;
  #steering;

  // onWorld({prompt, seed}) when a new world was asked for.
  constructor({ api, onWorld = () => {} }) {
    this.#api = api;
    this.#onWorld = onWorld;
    this.#box = new PromptBox((text, signal) => this.#understand(text, signal));
    this.#recorder = new Recorder(api, () => this.#session);
    this.#share = new Share(api, () => this.#session);
    const clock = { now: () => performance.now(), after: (ms, run) => setTimeout(run, ms) };
    this.#steering = new Steering({ move: (axes) => this.#move(axes), look: (...turn) => this.#look(...turn) }, clock);
    this.#wire();
  }

  get surfaces() {
    return this.#surfaces;
  }

  // Shows this session from now on.
  attach(session) {
    this.#session?.close();
    this.#session = session;
    setRole(session.info.role);
    const heard = {
      state: (state) => this.#line(state),
      hello: (hello) => this.#hello(hello),
      understood: (answer) => this.#understood(answer),
      stats: (stats) => this.#stats(stats),
      latency: (sample) => this.#latency(sample),
      report: (report) => this.#hud.report(report),
      first_frame: () => this.#busy(false),
      frame: () => document.body.toggleAttribute('data-picture', true),
      fault: ({ code, message }) => toast(humanWords({ message: code === 'forbidden' ? '' : message }), 'fault'),
    };
    for (const [name, listener] of Object.entries(heard)) session.on(name, listener);
    session.open();
  }

  detach() {
    this.#session?.close();
    this.#session = undefined;
  }

  get session() {
    return this.#session;
  }

  // Leaves the greeting and goes into the world.
  enter() {
    if (view() === 'live') return;
    setView('live');
    byId('stage').focus({ preventScroll: true });
    if (WIDE.matches) this.#hudDrawer.toggle(true);
    if (!this.#session || this.#session.steers) {
      this.#hint.show(COARSE.matches ? 'Left thumb walks, right thumb looks' : 'W A S D to walk · drag to look · Enter for new words');
    }
  }

  // Makes a new world, as a person wants it.
  reset({ prompt, seed = anySeed() }) {
    if (!prompt) return;
    this.remake({ prompt, seed });
    this.#box.text = prompt;
    this.#busy(true);
    this.#onWorld({ prompt, seed });
  }

  // Makes a new world; waits for the line if it is down. `asked` is when it was wanted. The message goes first: what
  // changes on the page can wait for it.
  remake({ prompt, seed }, asked = performance.now()) {
    const id = this.#session?.phase === 'live' ? this.#session.reset({ prompt, seed }) : undefined;
    this.#wish = id ? undefined : { world: { prompt, seed }, asked };
    if (this.#session) Object.assign(this.#session.info, { prompt, seed });
    this.#panel.forget();
    this.#flies.press(true);
    if (id) this.#asked.set(id, performance.now() - asked);
    this.#paused.press(false);
    if (id && this.#session.last.paused) this.#session.pause(false);
  }

  #wire() {
    bindButtons(this.#allowed(this.#commands));
    bindMore();
    followFullscreen();
    fadeWhenIdle(() => this.#panelDrawer.open || byId('centre').contains(document.activeElement));
    wireControls({
      steering: this.#steering,
      active: () => view() === 'live' && Boolean(this.#session?.steers),
      commandable: () => !document.querySelector('dialog[open]'),
      onCommand: (name) => this.#allowed(this.#commands)[name]?.(),
      onLock: (locked) => locked && this.#hint.show('Esc frees the mouse', 3000),
      onTouch: () => document.body.toggleAttribute('data-touch', true),
    });
    byId('stage').addEventListener('click', () => this.#session?.phase === 'live' && this.enter());
    this.#box.on('submit', (wanted) => this.#submit(wanted));
    this.#box.on('preview', (answer) => this.#preview(answer));
    this.#panel.on('change', ({ name, value, transition }) => this.#session?.event(name, value, transition));
  }

  #allowed(commands) {
    const steers = () => !this.#session || this.#session.steers;
    return Object.fromEntries(Object.entries(commands).map(([name, run]) =>
      [name, () => (steers() || !STEER_ONLY.has(name)) && run()]));
  }

  async #understand(text, signal) {
    const token = this.#session?.info.token;
    if (!this.#api.key && !token) return undefined;
    return this.#api.understand(text, this.#api.key ?? token, signal);
  }

  #submit({ text, seed, mode }) {
    const fresh = mode === 'new' || view() === 'hero' || this.#session?.phase !== 'live';
    if (fresh) this.reset({ prompt: text, seed });
    else this.#busy(Boolean(this.#session.prompt(text)));
    this.enter();
    byId('stage').focus({ preventScroll: true });
  }

  #busy(on) {
    clearTimeout(this.#making);
    this.#box.busy(on);
    document.body.toggleAttribute('data-making', on);
    if (on) this.#making = setTimeout(() => this.#busy(false), MAKING_MS);
  }

  #preview(answer) {
    byId('understood').dataset.preview = 'true';
    showUnderstood(byId('understood'), undefined, answer ?? this.#said);
  }

  #understood(answer) {
    this.#said = answer;
    delete byId('understood').dataset.preview;
    if (answer.prompt) this.#session.info.prompt = answer.prompt;
    document.title = this.#session.info.prompt ? `${this.#session.info.prompt} · Vitascope` : 'Vitascope';
    const steers = this.#session.steers;
    if (view() === 'hero' && steers) return; // nobody has said anything yet
    showUnderstood(byId('understood'), byId('understood-words'), answer);
  }

  #hello({ role, viewers, session }) {
    setRole(role ?? this.#session.info.role);
    this.#viewers = viewers ?? 0;
    this.#hud.setFps(session?.fps);
    if (!this.#session.steers) this.enter();
    if (session?.prompt && view() === 'live' && this.#box.text === '') this.#box.text = session.prompt;
    this.#line(this.#session);
    if (session?.understood) this.#understood({ ...session });
  }

  #stats(stats) {
    this.#viewers = stats.viewers ?? this.#viewers;
    this.#paused.sync(Boolean(stats.paused));
    if (this.#session.steers) this.#recorder.sync(Boolean(stats.recording));
    this.#panel.hour(stats.hour);
    this.#hud.stats(stats);
    this.#line(this.#session);
  }

  #line({ phase, kind, retryMs, error, attempt }) {
    const { role } = this.#session?.info ?? {};
    showLine({ phase, kind, role, viewers: this.#viewers, paused: this.#paused.on });
    if (phase === 'live') {
      this.notice.hide();
      this.#grant();
    }
    if (phase === 'waiting' && attempt >= 2) this.#noticeOfWaiting(error, retryMs);
  }

  #noticeOfWaiting(error, retryMs) {
    this.notice.show({ title: 'The line is down', text: humanWords(error), countdownS: retryMs / 1000,
      action: { label: 'Try now', run: () => this.#session?.retryNow() } });
  }

  // What was asked for while there was no line.
  #grant() {
    if (!this.#wish) return;
    const { world, asked } = this.#wish;
    this.#wish = undefined;
    this.remake(world, asked);
  }

  #latency({ id, kind, ms }) {
    const { latency } = this.#session;
    const facts = { key: latency.summary('move'), prompt: latency.summary('prompt') };
    if (kind === 'reset') facts.firstMs = ms + (this.#asked.get(id) ?? 0);
    if (kind === 'reset' || kind === 'prompt') this.#busy(false);
    this.#asked.delete(id);
    if (kind === 'move') this.#hud.key(ms);
    this.#hud.latencies(facts);
  }

  #move(axes) {
    if (!this.#session?.steers) return;
    this.#flies.press(false);
    this.#hint.hide();
    this.#session.move(axes);
  }

  #look(yaw, pitch) {
    if (!this.#session?.steers) return;
    if (this.#flies.on) this.#autopilot(false); // it would turn the camera back
    this.#session.look(yaw, pitch);
  }

  #pause(on) {
    if (this.#session?.pause(on)) this.#paused.press(on);
    if (this.#session) this.#line(this.#session);
  }

  #autopilot(on) {
    if (this.#session?.autopilot(on)) this.#flies.press(on);
  }

  async #screenshot() {
    const { video, canvas } = this.#surfaces;
    await saveScreenshot(video.hidden ? canvas : video, this.#session?.info.prompt);
  }
}
