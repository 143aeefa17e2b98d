// What <ledger-scope> shows: builds the shadow tree once, draws the stage and the panels from a frame and the events
// that led to it. Decides nothing: the wishes of the visitor go to the element.

import css from './element.css?inline';
import { HEAD } from './frame.js';
import { Caption } from './panels/caption.js';
import { Controls } from './panels/controls.js';
import { h, setAttribute } from './panels/dom.js';
import { Notices } from './panels/notices.js';
import { Story } from './panels/story.js';
import { Targets } from './panels/targets.js';
import { Timeline } from './panels/timeline.js';
import { drawStage } from './stage/draw.js';
import { layout } from './stage/layout.js';
import { createMarks } from './stage/marks.js';
import { cssVariables, palette } from './stage/palette.js';

/** @import { Words } from './i18n/index.js' */
/** @import { Options } from './options.js' */
/** @import { CoreEvent } from './panels/story.js' */
/** @import { Wishes } from './panels/controls.js' */

/** Narrower than this the stage is not drawn: it would be unreadable, and a width of 0 means not laid out yet. */
const NARROWEST = 200;

/** @type {CSSStyleSheet | null} one sheet for all elements of the page */
let sheet = null;

/** @typedef {{seed: number, rate: number, pace: string, playing: boolean}} Clock */

export class View {
  #words;
  #width = 0;
  /** @type {import('./stage/layout.js').Layout | null} */
  #layout = null;
  #layoutKey = '';
  #palette = palette(false);
  #canvas = h('canvas', { class: 'picture', 'aria-hidden': 'true' });
  #ctx = /** @type {CanvasRenderingContext2D} */ (this.#canvas.getContext('2d'));
  #timeline = new Timeline();
  #marks = createMarks();
  #story = new Story(1);
  #nothingSaid = false;
  #fresh = true;
  reducedMotion = false;

  /**
   * @param {ShadowRoot} root
   * @param {Words} words
   * @param {Wishes & {target: (number: number) => void, changed: () => void}} wishes
   */
  constructor(root, words, wishes) {
    this.#words = words;
    this.caption = new Caption();
    this.controls = new Controls(wishes);
    this.notices = new Notices();
    this.targets = new Targets(wishes.target, wishes.changed);
    this.stage = h('div', { class: 'stage', part: 'stage', tabindex: 0, role: 'group' });
    this.stage.append(this.#canvas, this.targets.element);
    const { play, buttons, settings, help } = this.controls;
    this.strip = h('div', { class: 'strip' }, play, this.#timeline.canvas, buttons);
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

  /** Forgets the last run. @param {number} brokers */
  begin(brokers) {
    this.#story = new Story(brokers);
    this.#marks = createMarks();
    this.#timeline.clear();
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
    this.#palette = palette(dark);
    for (const [name, value] of Object.entries(cssVariables(this.#palette)))
      this.scope.style.setProperty(name, value);
    this.scope.style.colorScheme = dark ? 'dark' : 'light';
    setAttribute(this.scope, 'lang', words.lang === 'zh' ? 'zh-CN' : 'en');
    setAttribute(this.scope, 'data-controls', options.controls);
    setAttribute(this.stage, 'aria-label', words.text('ui.stage'));
    setAttribute(this.#timeline.canvas, 'aria-label', words.text('ui.timeline'));
    this.#fresh = true;
    if (words === this.#words) return;
    this.#words = words;
    this.notices.rewrite(words);
    this.caption.rewrite(words);
  }

  /** @param {number} width  of the element, CSS pixels */
  setWidth(width) {
    this.#width = Math.floor(width);
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
      this.#marks.take(events, timeUs, nowMs);
      for (const event of events) {
        this.#timeline.history.take(event);
        const line = this.#story.tell(event);
        if (line) this.caption.offer(line);
      }
    }
    this.#sayNothing(frame);
    const waiting = this.caption.update(this.#words, nowMs, atOnce);
    this.caption.setClock(this.#words, { ...clock, timeUs, nowMs });

    this.#place(frame);
    if (!this.#layout) return false;
    if (events.length > 0 || this.#fresh) this.targets.label(this.#words, frame);
    this.#fresh = false;
    this.#timeline.draw(timeUs, this.#palette);
    drawStage(this.#ctx, frame, this.#layout, {
      palette: this.#palette,
      words: this.#words.text,
      reducedMotion: this.reducedMotion,
      marks: this.#marks,
      focus: this.targets.focus,
      hover: this.targets.hover,
      nowMs,
    });
    return waiting || this.#marks.active(nowMs);
  }

  /** Where paced time would stand still, the visitor is told why. @param {Float64Array} frame */
  #sayNothing(frame) {
    const nothing = frame[HEAD.NEXT_EVENT_US] < 0 && frame[HEAD.FLIGHTS] === 0;
    if (nothing && !this.#nothingSaid) this.caption.offer({ key: 'say.nothing', args: {}, weight: 9 });
    this.#nothingSaid = nothing;
  }

  /** Lays the stage out again when its width, its members or the screen's density have changed. @param {Float64Array} frame */
  #place(frame) {
    const density = window.devicePixelRatio || 1;
    const width = this.#width;
    const key = `${width} ${frame[HEAD.BROKERS]} ${frame[HEAD.QUEUES]} ${frame[HEAD.COLUMNS]} ${density}`;
    if (key === this.#layoutKey) return;
    this.#layoutKey = key;
    if (width < NARROWEST) {
      this.#layout = null;
      return;
    }
    const placed = layout({
      width,
      brokers: frame[HEAD.BROKERS],
      queues: frame[HEAD.QUEUES],
      columns: frame[HEAD.COLUMNS],
    });
    this.#layout = placed;
    const canvas = this.#canvas;
    canvas.width = Math.round(placed.width * density);
    canvas.height = Math.round(placed.height * density);
    canvas.style.width = `${placed.width}px`;
    canvas.style.height = `${placed.height}px`;
    this.stage.style.height = `${placed.height}px`;
    this.targets.place(placed);
    this.#fresh = true;
    const strip = this.#timeline.canvas;
    this.#timeline.resize(strip.clientWidth, density);
  }
}
