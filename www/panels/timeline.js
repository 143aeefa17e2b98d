// The run so far as a strip: who led when in the hue of the term, leaderless time hatched, deaths and returns, commits.
// Keeps what it needs of the events, bounded however long the run is. No seeking: it shows, it does not steer.

import { termColour } from '../stage/palette.js';
import { font } from '../stage/text.js';

/** @import { Words } from '../i18n/index.js' */
/** @import { Palette } from '../stage/palette.js' */
/** @import { CoreEvent } from './story.js' */

/** Marks of one kind that are kept. With more, every other one of the older half goes: they share pixels by then. */
const KEPT = 800;

/** As in element.css. */
const HEIGHT = 34;
const TOP = 9;
const BAR = 16;
/** Room at both ends for what stands over them. */
const SIDE = 5;

/** How long a run the strip shows at first, seconds; it grows by half when that is full. */
const FIRST_HORIZON_S = 20;

/** What the strip remembers. Pure, for tests. */
export class History {
  /** Since when which term had a leader; -1: none. @type {{t: number, term: number}[]} */
  reigns = [{ t: 0, term: -1 }];
  /** @type {{t: number, up: boolean}[]} */
  fates = [];
  /** @type {{t: number}[]} */
  commits = [];
  /** Bumped with every change. */
  version = 0;
  /** Living leaders: broker -> term. @type {Map<number, number>} */
  #leaders = new Map();
  /** @type {Set<number>} */
  #dead = new Set();

  /** @param {CoreEvent} event */
  take(event) {
    const { t, broker } = event;
    if (event.kind === 'role') {
      if (event.role === 'leader') this.#leaders.set(broker, event.term);
      else this.#leaders.delete(broker);
      this.#reign(t);
    } else if (event.kind === 'killed') {
      this.#leaders.delete(broker);
      this.#dead.add(broker);
      this.#reign(t);
      this.#keep(this.fates, { t, up: false });
    } else if (event.kind === 'started' && this.#dead.delete(broker)) {
      this.#keep(this.fates, { t, up: true });
    } else if (event.kind === 'committed' && this.#leaders.has(broker)) {
      this.#keep(this.commits, { t });
    }
  }

  /** @param {number} t */
  #reign(t) {
    const term = Math.max(-1, ...this.#leaders.values());
    const last = this.reigns[this.reigns.length - 1];
    if (last.term !== term) this.#keep(this.reigns, { t, term });
  }

  /** @template T @param {T[]} list @param {T} item */
  #keep(list, item) {
    list.push(item);
    this.version++;
    if (list.length <= KEPT) return;
    const half = list.length >> 1;
    const kept = list.filter((_, i) => i >= half || i % 2 === 0);
    list.splice(0, list.length, ...kept);
  }
}

/**
 * Seconds that the strip is wide, for a run of so many.
 * @param {number} seconds
 */
export function horizon(seconds) {
  let width = FIRST_HORIZON_S;
  while (seconds > width * 0.97) width *= 1.5;
  return width;
}

export class Timeline {
  history = new History();
  #ctx;
  #width = 0;
  /** What the strip shows. @type {object & Record<string, unknown>} */
  #drawn = {};

  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas;
    this.#ctx = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
  }

  clear() {
    this.history = new History();
    this.#drawn = {};
  }

  /** @param {number} width  CSS pixels @param {number} density  device pixels per CSS pixel */
  resize(width, density) {
    this.#width = width;
    this.canvas.width = Math.round(width * density);
    this.canvas.height = Math.round(HEIGHT * density);
    this.#ctx.setTransform(density, 0, 0, density, 0, 0);
    this.#drawn = {};
  }

  /** @param {number} timeUs @param {Palette} colours @param {Words['text']} words */
  draw(timeUs, colours, words) {
    const width = this.#width;
    if (width < 20) return;
    const scale = (width - 2 * SIDE) / (horizon(timeUs / 1e6) * 1e6);
    const x = (/** @type {number} */ t) => SIDE + t * scale;
    // Slow time moves the head by less than a pixel for many frames: nothing to draw then.
    const head = Math.round(x(timeUs) * 2) / 2;
    const { version } = this.history;
    const drawn = this.#drawn;
    if (
      drawn.head === head &&
      drawn.version === version &&
      drawn.scale === scale &&
      drawn.colours === colours &&
      drawn.words === words
    )
      return;
    this.#drawn = { head, version, scale, colours, words };

    const ctx = this.#ctx;
    ctx.clearRect(0, 0, width, HEIGHT);
    ctx.lineWidth = 1;
    ctx.strokeStyle = colours.faint;
    ctx.strokeRect(SIDE + 0.5, TOP + 0.5, width - 2 * SIDE - 1, BAR - 1);
    this.#reigns(x, head, colours, words);
    this.#commits(x, colours);
    this.#fates(x, colours);
    ctx.fillStyle = colours.ink;
    ctx.fillRect(head - 1, TOP - 3, 2, BAR + 7);
    ctx.beginPath();
    ctx.arc(head, TOP - 4, 4, 0, 2 * Math.PI);
    ctx.fill();
  }

  /** @param {(t: number) => number} x @param {number} head @param {Palette} colours @param {Words['text']} words */
  #reigns(x, head, colours, words) {
    const ctx = this.#ctx;
    const { reigns } = this.history;
    reigns.forEach((reign, i) => {
      const from = x(reign.t);
      const to = i + 1 < reigns.length ? x(reigns[i + 1].t) : head;
      if (to <= from) return;
      if (reign.term >= 0) {
        ctx.fillStyle = termColour(colours, reign.term);
        ctx.fillRect(from, TOP, to - from, BAR);
        if (to - from > 18) {
          ctx.fillStyle = colours.onHue;
          ctx.font = font(10.5, 600);
          ctx.textBaseline = 'middle';
          const long = words('stage.term', { term: reign.term });
          const room = ctx.measureText(long).width + 12 < to - from;
          ctx.fillText(room ? long : String(reign.term), from + 6, TOP + BAR / 2 + 0.5);
        }
        return;
      }
      ctx.save();
      ctx.beginPath();
      ctx.rect(from, TOP, to - from, BAR);
      ctx.clip();
      ctx.fillStyle = colours.band;
      ctx.fillRect(from, TOP, to - from, BAR);
      ctx.strokeStyle = colours.line;
      ctx.beginPath();
      // Hatching is anchored to the strip, so it stands still while the gap grows.
      for (let at = Math.floor((from - BAR) / 6) * 6; at < to; at += 6) {
        ctx.moveTo(at, TOP + BAR);
        ctx.lineTo(at + BAR, TOP);
      }
      ctx.stroke();
      ctx.restore();
    });
  }

  /** @param {(t: number) => number} x @param {Palette} colours */
  #commits(x, colours) {
    const ctx = this.#ctx;
    ctx.strokeStyle = colours.soft;
    ctx.lineWidth = 1.5;
    ctx.beginPath();
    for (const { t } of this.history.commits) {
      ctx.moveTo(x(t), TOP + BAR + 1);
      ctx.lineTo(x(t), TOP + BAR + 6);
    }
    ctx.stroke();
  }

  /** @param {(t: number) => number} x @param {Palette} colours */
  #fates(x, colours) {
    const ctx = this.#ctx;
    for (const { t, up } of this.history.fates) {
      const at = x(t);
      ctx.lineWidth = 2;
      ctx.strokeStyle = up ? colours.ok : colours.bad;
      ctx.beginPath();
      if (up) {
        ctx.moveTo(at - 4, TOP - 2);
        ctx.lineTo(at, TOP - 7);
        ctx.lineTo(at + 4, TOP - 2);
      } else {
        ctx.moveTo(at - 3.5, TOP - 8);
        ctx.lineTo(at + 3.5, TOP - 1);
        ctx.moveTo(at + 3.5, TOP - 8);
        ctx.lineTo(at - 3.5, TOP - 1);
      }
      ctx.stroke();
    }
  }
}
