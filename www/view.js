// What <ledger-scope> shows: builds the shadow tree once, draws the stage and the panels from a frame and the events
// that led to it. Decides nothing: the wishes of the visitor go to the element.

import css from './element.css?inline';
import { HEAD } from './frame.js';
import { SILENT } from './i18n/index.js';
import { Caption } from './panels/caption.js';
import { Controls } from './panels/controls.js';
import { h, setAttribute } from './panels/dom.js';
import { Notices } from './panels/notices.js';
import { Targets } from './panels/targets.js';
import { drawStage } from './stage/draw.js';
import { layout } from './stage/layout.js';
import { cssVariables, palette } from './stage/palette.js';
import { Untold } from './untold.js';

/** @import { Words } from './i18n/index.js' */
/** @import { Options } from './options.js' */
/** @import { CoreEvent, Story } from './panels/story.js' */
/** @import { Timeline } from './panels/timeline.js' */
/** @import { Marks } from './stage/marks.js' */
/** @import { Wishes } from './panels/controls.js' */

/** Narrower than this the stage is not drawn: it would be unreadable, and a width of 0 means not laid out yet. */
const NARROWEST = 200;

/** @type {CSSStyleSheet | null} one sheet for all elements of the page */
let sheet = null;

/** @typedef {typeof import('./after.js')} After */
/** @typedef {{seed: number, rate: number, pace: string, playing: boolean}} Clock */

export class View {
  #words;
  #width = 0;
  /** @type {import('./stage/layout.js').Layout | null} */
  #layout = null;
  /** What the layout was made for. */
  #placed = { width: -1, density: 0, brokers: 0, queues: 0, columns: 0 };
  #palette = palette(false);
  // Without a size until it is drawn: a canvas without alpha is black before.
  #canvas = h('canvas', { class: 'picture', 'aria-hidden': 'true', width: 0, height: 0 });
  #ctx = /** @type {CanvasRenderingContext2D} */ (this.#canvas.getContext('2d', { alpha: false }));
  #strip = h('canvas', { class: 'timeline', role: 'img' });
  /** What comes after the first picture. @type {After | null} */
  #after = null;
  /** @type {Timeline | null} */
  #timeline = null;
  /** @type {Marks | null} */
  #marks = null;
  /** Tells what the events mean. @type {Story | null} */
  #story = null;
  #untold = new Untold();
  #brokers = 1;
  #expected = 1;
  #run = 0;
  #narrating = '';
  #changed;
  #complete;
  #nothingSaid = false;
  #fresh = true;
  reducedMotion = false;
  /** What the panel for breaking things adds to the picture. @type {import('./lab/stage.js').LabStage | null} */
  lab = null;

  /**
   * @param {ShadowRoot} root
   * @param {Words} words
   * @param {Wishes & {target: (number: number) => void, changed: () => void, complete: (after: After | void) => void}} wishes
   */
  constructor(root, words, wishes) {
    this.#words = words;
    this.#changed = wishes.changed;
    this.#complete = wishes.complete;
    this.caption = new Caption();
    this.controls = new Controls(wishes);
    this.notices = new Notices();
    this.targets = new Targets(wishes.target, wishes.changed);
    this.stage = h('div', { class: 'stage', part: 'stage', tabindex: 0, role: 'group' });
    this.stage.append(this.#canvas, this.targets.element);
    const { play, buttons, settings, help } = this.controls;
    this.strip = h('div', { class: 'strip' }, play, this.#strip, buttons);
    const above = [this.caption.clock, this.notices.element];
    this.scope = h('div', { class: 'scope' });
    this.scope.append(...above, this.stage, this.caption.element, this.strip, settings, help);
    if (!sheet) {
      sheet = new CSSStyleSheet();
      sheet.replaceSync(css);
    }
    root.adoptedStyleSheets = [sheet];
    root.append(this.scope);
  }

  /** Where everything on the stage is; null before the first picture. */
  get layout() {
    return this.#layout;
  }

  /** Forgets the last run. @param {number} brokers */
  begin(brokers) {
    this.#story = null;
    this.#untold = new Untold();
    this.#brokers = brokers;
    this.#run++;
    this.#marks = null;
    this.#timeline?.clear();
    this.caption.clear();
    this.#nothingSaid = false;
    this.#fresh = true;
  }

  /**
   * @param {Words} words
   * @param {boolean} dark
   * @param {Options} options
   */
  setLook(words, dark, options) {
    this.#expected = options.brokers;
    this.#palette = palette(dark);
    for (const [name, value] of Object.entries(cssVariables(this.#palette)))
      this.scope.style.setProperty(name, value);
    this.scope.style.colorScheme = dark ? 'dark' : 'light';
    if (words !== SILENT) setAttribute(this.scope, 'lang', words.lang === 'zh' ? 'zh-CN' : 'en');
    setAttribute(this.scope, 'data-controls', options.controls);
    setAttribute(this.stage, 'aria-label', words.text('ui.stage'));
    setAttribute(this.#strip, 'aria-label', words.text('ui.timeline'));
    this.#fresh = true;
    if (words === this.#words) return;
    this.#words = words;
    this.notices.rewrite(words);
    this.caption.rewrite(words);
  }

  /** @param {number} width  of the element, CSS pixels */
  setWidth(width) {
    this.#width = Math.floor(width);
    if (this.#layout || this.#width < NARROWEST) return;
    // The place of the first picture is kept for it, so that the page does not jump when it comes.
    const { height, heading } = layout({ width: this.#width, brokers: this.#expected, queues: 2 });
    this.stage.style.height = `${height}px`;
    this.scope.style.setProperty('--ls-edge', `${heading.x}px`);
  }

  /**
   * Draws a frame.
   * @param {Float64Array} frame
   * @param {CoreEvent[]} events  that have happened since the last one
   * @param {Clock} clock
   * @param {number} nowMs
   * @param {boolean} atOnce  no sentence waits for another one to be read
   * @returns {boolean} whether something still moves by itself
   */
  paint(frame, events, clock, nowMs, atOnce) {
    const timeUs = frame[HEAD.TIME_US];
    if (events.length > 0) {
      this.#marks?.take(events, timeUs, nowMs);
      this.#tell(events);
    }
    this.#sayNothing(frame);
    const waiting = this.caption.sentences?.update(this.#words, nowMs, atOnce) ?? false;
    this.caption.setClock(this.#words, timeUs, clock, nowMs);

    this.#place(frame);
    if (!this.#layout) return false;
    if (events.length > 0 || this.#fresh) this.targets.label(this.#words, frame);
    this.#fresh = false;
    this.#timeline?.draw(timeUs, this.#palette, this.#words.text);
    drawStage(this.#ctx, frame, this.#layout, {
      palette: this.#palette,
      words: this.#words.text,
      reducedMotion: this.reducedMotion,
      marks: this.#marks,
      later: this.#after,
      lab: this.lab,
      focus: this.targets.focus,
      hover: this.targets.hover,
      nowMs,
    });
    if (!this.#words.complete || !this.#story) this.#narrate();
    return waiting || (this.#marks?.active(nowMs) ?? false);
  }

  /** @param {CoreEvent[]} events */
  #tell(events) {
    if (!this.#story) return this.#untold.add(events);
    for (const event of events) {
      this.#timeline?.history.take(event);
      const line = this.#story.tell(event);
      if (line) this.caption.sentences?.offer(line);
    }
  }

  /**
   * Who tells the story, and the sentences to tell it in, are fetched once there is a picture to speak of. What cannot be
   * had is asked for again with the next run; until then this one plays on without.
   */
  async #narrate() {
    const words = this.#words;
    const subject = `${words === SILENT ? '' : words.lang} ${this.#run}`;
    if (this.#narrating === subject) return;
    this.#narrating = subject;
    const run = this.#run;
    const missing = (/** @type {string} */ key) => (/** @type {unknown} */ error) =>
      this.notices.show(key, { key, args: { message: String(error) } }, this.#words);
    const sentences = words.complement().then(() => this.notices.clear('problem.words'));
    const [after] = await Promise.all([
      import('./after.js').catch(missing('problem.after')),
      sentences.catch(missing('problem.words')),
    ]);
    if (words === this.#words) {
      this.caption.rewrite(words);
      this.notices.rewrite(words);
    }
    this.#complete(after);
    if (after) {
      this.notices.clear('problem.after');
      this.#after = after;
      this.caption.sentences ??= new after.Sentences(this.caption.sentence, this.caption.live);
      if (!this.#timeline) {
        this.#timeline = new after.Timeline(this.#strip);
        this.#resizeStrip();
      }
    }
    if (run === this.#run && !this.#story) this.#begin(after);
    this.#changed();
  }

  /** @param {After | void} after */
  #begin(after) {
    if (!after) return this.#untold.giveUp();
    const events = this.#untold.take();
    if (!events) return;
    this.#marks = after.createMarks();
    this.#story = new after.Story(this.#brokers);
    this.#tell(events);
  }

  /** Where paced time would stand still, the visitor is told why. @param {Float64Array} frame */
  #sayNothing(frame) {
    const { sentences } = this.caption;
    if (!sentences) return;
    const nothing = frame[HEAD.NEXT_EVENT_US] < 0 && frame[HEAD.FLIGHTS] === 0;
    if (nothing && !this.#nothingSaid) sentences.offer({ key: 'say.nothing', args: {}, weight: 9 });
    this.#nothingSaid = nothing;
  }

  /** Lays the stage out again when its width, its members or the screen's density have changed. @param {Float64Array} frame */
  #place(frame) {
    const density = window.devicePixelRatio || 1;
    const width = this.#width;
    const brokers = frame[HEAD.BROKERS];
    const queues = frame[HEAD.QUEUES];
    const columns = frame[HEAD.COLUMNS];
    const last = this.#placed;
    if (
      last.width === width &&
      last.density === density &&
      last.brokers === brokers &&
      last.queues === queues &&
      last.columns === columns
    )
      return;
    this.#placed = { width, density, brokers, queues, columns };
    if (width < NARROWEST) {
      this.#layout = null;
      return;
    }
    const placed = layout({ width, brokers, queues, columns });
    this.#layout = placed;
    const canvas = this.#canvas;
    canvas.width = Math.round(placed.width * density);
    canvas.height = Math.round(placed.height * density);
    canvas.style.width = `${placed.width}px`;
    canvas.style.height = `${placed.height}px`;
    this.stage.style.height = `${placed.height}px`;
    this.scope.style.setProperty('--ls-edge', `${placed.heading.x}px`);
    this.targets.place(placed);
    this.#fresh = true;
    this.#resizeStrip();
  }

  #resizeStrip() {
    this.#timeline?.resize(this.#strip.clientWidth, window.devicePixelRatio || 1);
  }
}
