// Mouse, pen and finger on the picture: a line that is drawn cuts the links it crosses, a click takes a message in flight or
// mends a cut link. A finger scrolls the page unless it is told that it draws now. What is a broker's or the producer's
// button stays theirs.

import { h, setText } from '../panels/dom.js';
import { hit } from '../stage/hit.js';
import { FLIGHT } from '../frame.js';
import { flightAt } from '../stage/flight-places.js';
import { brokerName } from '../stage/names.js';
import { crossed, planCut } from './cutting.js';
import { isCut } from './world.js';

/** @import { Layout } from '../stage/layout.js' */
/** @import { Point } from './cutting.js' */
/** @import { Say } from './words.js' */

/** Farther than this and it is no click any more, CSS pixels. */
const SLIP = 7;
/** So near a message or a link's middle counts as on it: for a mouse, for a finger. */
const NEAR = 16;
const FINGER = 26;

/**
 * @typedef {object} Picture
 * @property {HTMLElement} stage
 * @property {() => Layout | null} layout
 * @property {() => Float64Array | null} frame
 * @property {() => boolean} standing  messages stand still: reduced motion
 *
 * @typedef {object} Meant
 * @property {(command: Record<string, unknown>) => void} command
 * @property {(id: number) => void} message  a message in flight was clicked, by its id
 * @property {(broker: number) => void} broker  a broker was pointed at
 * @property {() => void} drawn              nothing is being drawn any more
 */

const SVG = 'http://www.w3.org/2000/svg';

export class Gestures {
  #picture;
  #meant;
  /** @type {Say | null} */
  say = null;
  #from = /** @type {Point | null} */ (null);
  #drawing = false;
  #armed = false;
  #svg = document.createElementNS(SVG, 'svg');
  #line = document.createElementNS(SVG, 'path');
  #label = h('div', { class: 'cut-label', 'aria-hidden': 'true' });
  ready = false;

  /** @param {Picture} picture @param {Meant} meant */
  constructor(picture, meant) {
    this.#picture = picture;
    this.#meant = meant;
    this.#svg.setAttribute('class', 'cut-line');
    this.#svg.setAttribute('aria-hidden', 'true');
    this.#svg.append(this.#line);
    const { stage } = picture;
    stage.append(this.#svg, this.#label);
    this.#show(null);
    stage.addEventListener('pointerdown', (event) => this.#down(event));
    stage.addEventListener('pointermove', (event) => this.#move(event));
    stage.addEventListener('pointerup', (event) => this.#up(event));
    stage.addEventListener('pointercancel', () => this.#end());
    stage.addEventListener('click', (event) => this.#click(event));
    stage.addEventListener('focusin', (event) => this.#pointAt(event.target));
  }

  /** Whether a finger, too, draws now. */
  get armed() {
    return this.#armed;
  }
  set armed(armed) {
    this.#armed = armed;
    this.#picture.stage.toggleAttribute('data-cutting', armed);
  }

  /** @param {EventTarget | null} target */
  #pointAt(target) {
    const name = target instanceof HTMLElement ? target.dataset.target : undefined;
    if (name && name.length === 1) this.#meant.broker(name.charCodeAt(0) - 65);
  }

  /** @param {MouseEvent} event @returns {Point} */
  #point(event) {
    const box = this.#picture.stage.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  /** @param {PointerEvent} event */
  #down(event) {
    this.#pointAt(event.target);
    if (!this.ready || !event.isPrimary || event.button !== 0) return;
    if (event.pointerType === 'touch' && !this.#armed) return;
    this.#from = this.#point(event);
  }

  /** @param {PointerEvent} event */
  #move(event) {
    const to = this.#point(event);
    if (!this.#from) return this.#hover(to);
    if (!this.#drawing) {
      if (Math.hypot(to.x - this.#from.x, to.y - this.#from.y) < SLIP) return;
      this.#drawing = true;
      this.#picture.stage.setPointerCapture(event.pointerId);
    }
    event.preventDefault();
    this.#show(to);
  }

  /** @param {PointerEvent} event */
  #up(event) {
    const plan = this.#drawing ? this.#plan(this.#point(event)) : null;
    if (this.#drawing) {
      // The click that follows is none.
      const swallow = (/** @type {Event} */ click) => click.stopPropagation();
      this.#picture.stage.addEventListener('click', swallow, { capture: true, once: true });
      setTimeout(() => this.#picture.stage.removeEventListener('click', swallow, { capture: true }));
    }
    this.#end();
    for (const command of plan?.commands ?? []) this.#meant.command(command);
  }

  #end() {
    const was = this.#drawing;
    this.#from = null;
    this.#drawing = false;
    this.#show(null);
    if (!was) return;
    this.armed = false;
    this.#meant.drawn();
  }

  /** @param {Point} to */
  #plan(to) {
    const layout = this.#picture.layout();
    const frame = this.#picture.frame();
    if (!layout || !frame || !this.#from) return null;
    const pairs = crossed(layout.brokers, this.#from, to);
    return planCut(layout.brokers.length, (a, b) => isCut(frame, a, b), pairs);
  }

  /** Shows the line, and what it would part. @param {Point | null} to */
  #show(to) {
    const on = to !== null && this.#from !== null;
    this.#svg.style.display = this.#label.style.display = on ? '' : 'none';
    if (!on || !this.#from) return;
    this.#line.setAttribute('d', `M${this.#from.x} ${this.#from.y}L${to.x} ${to.y}`);
    const plan = this.#plan(to);
    this.#label.style.transform = `translate(${to.x}px, ${to.y}px)`;
    this.#label.toggleAttribute('data-left', to.x > this.#picture.stage.clientWidth - 150);
    setText(this.#label, this.say ? told(this.say, plan) : '');
  }

  /** A cursor that says what a click or a drag would do. @param {Point} at */
  #hover(at) {
    const { stage } = this.#picture;
    const layout = this.#picture.layout();
    const frame = this.#picture.frame();
    if (!layout || !frame || !this.ready) return stage.removeAttribute('data-over');
    const { ring } = layout;
    const inside =
      Math.abs(at.x - ring.cx) < ring.rx + layout.brokers[0].r &&
      Math.abs(at.y - ring.cy) < ring.ry + layout.brokers[0].r;
    const over =
      this.#flight(frame, layout, at, NEAR) >= 0 || cutLinkAt(frame, layout, at, NEAR)
        ? 'thing'
        : inside && layout.brokers.length > 1
          ? 'ring'
          : '';
    if (stage.dataset.over !== over) stage.dataset.over = over;
  }

  /** @param {Float64Array} frame @param {Layout} layout @param {Point} at @param {number} within */
  #flight(frame, layout, at, within) {
    const look = { reducedMotion: this.#picture.standing() };
    return flightAt(frame, layout, look, at.x, at.y, Math.max(within, layout.glyph * 1.4));
  }

  /** @param {MouseEvent} event */
  #click(event) {
    const layout = this.#picture.layout();
    const frame = this.#picture.frame();
    if (!layout || !frame || !(event.target instanceof Element) || event.target.closest('.target')) return;
    const at = this.#point(event);
    const within = /** @type {PointerEvent} */ (event).pointerType === 'touch' ? FINGER : NEAR;
    const flight = this.#flight(frame, layout, at, within);
    if (flight >= 0) return this.#meant.message(frame[flight + FLIGHT.ID]);
    const link = this.ready && hit(layout, at.x, at.y) === null ? cutLinkAt(frame, layout, at, within) : null;
    if (!link) return;
    const [a, b] = link;
    if (isCut(frame, a, b)) this.#meant.command({ do: 'heal', from: a, to: b });
    if (isCut(frame, b, a)) this.#meant.command({ do: 'heal', from: b, to: a });
  }
}

/**
 * The cut link whose middle is at a point.
 * @param {Float64Array} frame @param {Layout} layout @param {Point} at @param {number} within
 * @returns {[number, number] | null}
 */
export function cutLinkAt(frame, { brokers }, at, within) {
  for (let a = 0; a < brokers.length; a++) {
    for (let b = a + 1; b < brokers.length; b++) {
      if (!isCut(frame, a, b) && !isCut(frame, b, a)) continue;
      const x = (brokers[a].x + brokers[b].x) / 2;
      const y = (brokers[a].y + brokers[b].y) / 2;
      if (Math.hypot(at.x - x, at.y - y) <= within) return [a, b];
    }
  }
  return null;
}

/** @param {Say} say @param {import('./cutting.js').Plan | null} plan */
function told(say, plan) {
  if (!plan || plan.commands.length === 0) return say.text('lab.cut.none');
  const names = (/** @type {number[]} */ list) => list.map(brokerName).join(' ');
  if (plan.groups) return plan.groups.map(names).join(' | ');
  const links = plan.pairs.map(([a, b]) => `${brokerName(a)}–${brokerName(b)}`);
  return say.text('lab.cut.links', { links: links.join(', ') });
}
