// Pieces that the panel is made of: buttons, sliders with steps of their own, signs that say 'holds' and 'broken' by shape as
// well as by colour.

import { h, setAttribute, setText } from '../panels/dom.js';

const SVG = 'http://www.w3.org/2000/svg';

/** Outlines, 16 by 16: a circle with a check, an octagon with a cross, a switch that is off. */
const SIGNS = {
  holds: ['M8 1.2a6.8 6.8 0 1 0 0 13.6A6.8 6.8 0 0 0 8 1.2z', 'M4.8 8.3l2.3 2.3 4.2-4.8'],
  broken: ['M5.2 1.2h5.6l4 4v5.6l-4 4H5.2l-4-4V5.2z', 'M5.4 5.4l5.2 5.2M10.6 5.4l-5.2 5.2'],
};

/** @param {keyof typeof SIGNS} what */
export function sign(what) {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 16 16');
  svg.setAttribute('class', `sign ${what}`);
  svg.setAttribute('aria-hidden', 'true');
  for (const d of SIGNS[what]) {
    const path = document.createElementNS(SVG, 'path');
    path.setAttribute('d', d);
    svg.append(path);
  }
  return svg;
}

/** Makes a sign another one, if it is. @param {SVGElement} svg @param {keyof typeof SIGNS} what */
export function setSign(svg, what) {
  if (svg.classList.contains(what)) return;
  svg.setAttribute('class', `sign ${what}`);
  SIGNS[what].forEach((d, i) => svg.children[i].setAttribute('d', d));
}

/**
 * @param {string} name  for tests
 * @param {() => void} act
 * @param {string} [className]
 */
export const button = (name, act, className = '') =>
  h('button', { type: 'button', 'data-lab': name, class: className, onclick: act });

/**
 * What a button says, and why it cannot be pressed, if it cannot.
 * @param {HTMLButtonElement} element
 * @param {string} text
 * @param {string} title
 * @param {boolean} possible
 */
export function setButton(element, text, title, possible) {
  setText(element, text);
  if (element.title !== title) element.title = title;
  element.disabled = !possible;
}

/**
 * A labelled slider over values that are not evenly spaced. While it is dragged only its words change; what is wanted is told
 * once it is let go, so that a run's commands stay few.
 */
export class Slider {
  #label = h('span', { class: 'name' });
  /** Nobody needs to hear it twice: the slider says it itself. */
  #value = h('output', { 'aria-hidden': 'true' });
  #stops;
  #words;
  /** What it shows, in its unit; NaN: nothing yet. */
  #shown = NaN;

  /**
   * @param {string} name
   * @param {readonly number[]} stops  ascending
   * @param {(value: number) => string} words  for a value
   * @param {(value: number) => void} wish
   */
  constructor(name, stops, words, wish) {
    this.#stops = stops;
    this.#words = words;
    this.input = h('input', {
      type: 'range',
      'data-lab': name,
      min: 0,
      max: stops.length - 1,
      step: 1,
      oninput: () => this.#say(this.#chosen),
      onchange: () => {
        this.#shown = this.#chosen;
        wish(this.#chosen);
      },
    });
    this.element = h('label', { class: 'slider' }, this.#label, this.input, this.#value);
  }

  get #chosen() {
    return this.#stops[Number(this.input.value)];
  }

  /** @param {number} value */
  #say(value) {
    const text = this.#words(value);
    setText(this.#value, text);
    setAttribute(this.input, 'aria-valuetext', text);
  }

  /** @param {string} label @param {number} value @param {boolean} possible */
  update(label, value, possible) {
    setText(this.#label, label);
    this.input.disabled = !possible;
    // Not under the finger that drags it.
    if (this.#shown !== value && this.input.matches(':active')) return;
    this.#shown = value;
    const stop = nearest(this.#stops, value);
    if (this.input.value !== String(stop)) this.input.value = String(stop);
    this.#say(value);
  }
}

/** The stop that is nearest to a value. @param {readonly number[]} stops @param {number} value */
export function nearest(stops, value) {
  let best = 0;
  stops.forEach((stop, i) => {
    if (Math.abs(stop - value) < Math.abs(stops[best] - value)) best = i;
  });
  return best;
}
