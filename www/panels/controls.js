// The controls under the stage: native buttons, selects and inputs, so that keyboard and screen reader come for free.
// They show the state they are given and say what the visitor wants; they hold nothing themselves.

import { h, setAttribute, setText } from './dom.js';

/** @import { Words } from '../i18n/index.js' */

/**
 * @typedef {object} Wishes
 * @property {() => void} toggle
 * @property {() => void} step
 * @property {() => void} send
 * @property {() => void} newRun
 * @property {(seed: string) => void} seed
 * @property {(name: string, value: string) => void} option  an option of the element is to change
 */

/** Speeds on offer. */
const SPEEDS = {
  paced: [0.25, 0.5, 1, 2, 4],
  linear: [0.001, 0.01, 0.1, 1, 10],
};

/** Paths of the icons, 24 by 24. */
const ICONS = { play: 'M8 5v14l11-7z', pause: 'M7 5h4v14H7zM13 5h4v14h-4z' };

export class Controls {
  #icon = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  /** Elements that show one word, and its key. @type {Map<HTMLElement, string>} */
  #labels = new Map();
  #labOpen = false;

  /** @param {Wishes} wishes */
  constructor(wishes) {
    const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    svg.setAttribute('viewBox', '0 0 24 24');
    svg.setAttribute('aria-hidden', 'true');
    svg.append(this.#icon);
    this.play = h(
      'button',
      { type: 'button', class: 'play', 'data-control': 'play', onclick: wishes.toggle },
      svg,
    );
    this.step = this.#button('step', wishes.step);
    this.send = this.#button('send', wishes.send);
    this.renew = this.#button('new', wishes.newRun);
    this.lab = this.#button('lab', () => wishes.option('lab', this.#labOpen ? 'button' : 'open'));

    const chosen = (/** @type {string} */ name) => (/** @type {Event} */ event) =>
      wishes.option(name, /** @type {HTMLSelectElement} */ (event.currentTarget).value);
    this.pace = h('select', { 'data-control': 'pace', onchange: chosen('pace') });
    this.speed = h('select', { 'data-control': 'speed', onchange: chosen('speed') });
    this.brokers = h('select', { 'data-control': 'brokers', onchange: chosen('brokers') });
    for (let n = 1; n <= 9; n++) this.brokers.append(h('option', { value: n }, String(n)));
    this.seed = h('input', {
      'data-control': 'seed',
      type: 'text',
      inputmode: 'numeric',
      autocomplete: 'off',
      spellcheck: 'false',
      maxlength: 20,
      size: 10,
      onchange: () => wishes.seed(this.seed.value),
    });
    this.language = h('button', {
      type: 'button',
      class: 'quiet',
      'data-control': 'lang',
      onclick: () => wishes.option('lang', this.language.lang),
    });

    this.buttons = h('div', { class: 'buttons' }, this.step, this.send, this.renew, this.lab);
    this.settings = h(
      'div',
      { class: 'settings', role: 'group' },
      this.#field('ui.pace', this.pace),
      this.#field('ui.speed', this.speed),
      this.#field('ui.brokers', this.brokers),
      this.#field('ui.seed', this.seed),
      this.language,
    );
    this.help = h('p', { class: 'help' });
  }

  /** @param {string} name @param {() => void} act */
  #button(name, act) {
    const button = h('button', { type: 'button', 'data-control': name, onclick: act });
    this.#labels.set(button, `ui.${name}`);
    return button;
  }

  /** @param {string} key @param {HTMLElement} control */
  #field(key, control) {
    const caption = h('span');
    this.#labels.set(caption, key);
    return h('label', {}, caption, control);
  }

  /**
   * @param {Words} words
   * @param {{playing: boolean, ready: boolean, pace: 'paced' | 'linear', speed: number, brokers: number, seed: number | null, lab: string, ended: boolean}} now
   */
  update(words, now) {
    const t = words.text;
    for (const [element, key] of this.#labels) setText(element, t(key));
    const label = t(now.playing ? 'ui.pause' : 'ui.play');
    this.#icon.setAttribute('d', now.playing ? ICONS.pause : ICONS.play);
    setAttribute(this.play, 'aria-label', label);
    this.play.title = label;
    this.play.disabled = !now.ready;
    this.step.disabled = this.send.disabled = !now.ready || now.ended;
    // What cannot be done now says why.
    const why = !now.ready ? t('ui.notStarted') : now.ended ? t('problem.ended') : '';
    this.step.title = why || t('ui.step.title');
    this.send.title = why || t('ui.send.title');
    this.renew.title = t('ui.new.title');
    this.lab.title = t('ui.lab.title');
    this.lab.hidden = now.lab === 'none';
    this.#labOpen = now.lab === 'open';
    setAttribute(this.lab, 'aria-expanded', String(this.#labOpen));
    this.pace.title = t('ui.pace.title');
    this.seed.title = t('ui.seed.title');
    this.settings.setAttribute('aria-label', t('ui.controls'));
    setText(this.language, t('ui.language'));
    this.language.title = t('ui.language.title');
    this.language.lang = words.lang === 'zh' ? 'en' : 'zh';
    setText(this.help, t('ui.help'));

    options(this.pace, [
      ['paced', t('ui.paced')],
      ['linear', t('ui.linear')],
    ]);
    const speeds = [...new Set([...SPEEDS[now.pace], now.speed])].sort((a, b) => a - b);
    options(
      this.speed,
      speeds.map((speed) => [String(speed), `×${speed}`]),
    );
    this.pace.value = now.pace;
    this.speed.value = String(now.speed);
    this.brokers.value = String(now.brokers);
    // Not under the fingers of somebody who is typing.
    if (!this.seed.matches(':focus')) this.seed.value = now.seed === null ? '' : String(now.seed);
  }
}

/**
 * Makes the options of a select those given, and leaves it alone if they are.
 * @param {HTMLSelectElement} select
 * @param {string[][]} wanted  value, words
 */
function options(select, wanted) {
  const key = wanted.flat().join('\n');
  if (select.dataset.options === key) return;
  select.dataset.options = key;
  select.replaceChildren(...wanted.map(([value, text]) => h('option', { value }, text)));
}
