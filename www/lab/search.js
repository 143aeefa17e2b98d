// 'Find me a failure': seed after seed with faults of its own each, in a worker. Here are its settings, how far it is, and what
// it found.

import { HEAD } from '../frame.js';
import { h, setAttribute, setText } from '../panels/dom.js';
import { button, setButton } from './pieces.js';
import { takenAway } from './subjects.js';

/** @import { LabState, LabWishes, SearchState } from './panel.js' */
/** @import { Say } from './words.js' */

const BROKERS = [3, 4, 5, 7];
const MINUTES = [1, 2, 5, 10];
const SEEDS = [100, 1000, 10_000, 100_000];

export class Search {
  #wishes;
  #hint = h('p', { class: 'hint' });
  #rules = h('p', { class: 'hint' });
  #brokers = h('select', { 'data-lab': 'search-brokers' }, ...options(BROKERS));
  #minutes = h('select', { 'data-lab': 'search-minutes' }, ...options(MINUTES));
  #seeds = h('select', { 'data-lab': 'search-seeds' });
  #labels = [h('span', { class: 'name' }), h('span', { class: 'name' }), h('span', { class: 'name' })];
  #bar = h('progress', { max: 1, value: 0, 'data-lab': 'progress' });
  #told = h('p', { class: 'told' });
  /** Progress is not read out, what came of it is. */
  #live = h('p', { class: 'unseen', role: 'status' });
  #sentence = h('p', { class: 'found' });
  #key = '';
  #state = /** @type {SearchState | null} */ (null);

  /** @param {LabWishes} wishes */
  constructor(wishes) {
    this.#wishes = wishes;
    this.#minutes.value = '2';
    this.go = button(
      'search',
      () =>
        wishes.search({
          brokers: Number(this.#brokers.value),
          minutes: Number(this.#minutes.value),
          seeds: Number(this.#seeds.value),
        }),
      'main',
    );
    this.cancel = button('cancel', () => wishes.cancel());
    this.play = button(
      'play-found',
      () => {
        if (this.#state?.is === 'found') wishes.openRun(this.#state.scenario);
      },
      'main',
    );
    const fields = [this.#brokers, this.#minutes, this.#seeds].map((select, i) =>
      h('label', { class: 'field' }, this.#labels[i], select),
    );
    this.element = h(
      'div',
      { class: 'search' },
      this.#hint,
      this.#rules,
      h('div', { class: 'row' }, ...fields, this.go, this.cancel),
      h('div', { class: 'outcome' }, this.#live, this.#bar, this.#told, this.#sentence, this.play),
    );
  }

  /** @param {Say} say @param {LabState} state */
  update(say, { rules, search, frame }) {
    const off = takenAway(rules);
    const key = `${say.lang} ${off} ${frame[HEAD.BROKERS]} ${JSON.stringify(brief(search))}`;
    if (key === this.#key) return;
    this.#key = key;
    this.#state = search;
    const t = say.text;
    setText(this.#hint, t('lab.search.hint'));
    const names = off.map((name) => (say.has(`rule.${name}`) ? t(`rule.${name}`) : name));
    setText(
      this.#rules,
      names.length === 0
        ? t('lab.search.kept')
        : t('lab.search.off', { rules: names.join(say.lang === 'zh' ? '；' : '; ') }),
    );
    ['brokers', 'minutes', 'seeds'].forEach((name, i) => setText(this.#labels[i], t(`lab.search.${name}`)));
    if (this.#seeds.dataset.lang !== say.lang) {
      const chosen = this.#seeds.value || '1000';
      this.#seeds.dataset.lang = say.lang;
      const exact = new Intl.NumberFormat(say.lang);
      this.#seeds.replaceChildren(...SEEDS.map((n) => h('option', { value: n }, exact.format(n))));
      this.#seeds.value = chosen;
    }
    const shrinking = search?.is === 'shrinking';
    const running = search?.is === 'running' || shrinking;
    // What is searched now was set before.
    for (const select of [this.#brokers, this.#minutes, this.#seeds]) select.disabled = running;
    setButton(this.go, t('lab.search.go'), '', !running);
    setButton(this.cancel, t(shrinking ? 'lab.search.enough' : 'lab.search.cancel'), '', running);
    setButton(this.play, t('lab.search.play'), '', true);
    const focused = [this.go, this.cancel].some((one) => one.matches(':focus'));
    this.cancel.hidden = !running;
    this.go.hidden = running;
    this.play.hidden = search?.is !== 'found';
    // Whoever pressed the one that goes finds the keyboard where to go on.
    if (focused && running) this.cancel.focus();
    else if (focused) (this.play.hidden ? this.go : this.play).focus();
    this.#bar.hidden = !running;
    setAttribute(this.#bar, 'aria-label', t('lab.tab.search'));
    if (search?.is === 'running') this.#bar.value = search.tried / search.of;
    // Nobody knows how long that takes.
    if (shrinking) this.#bar.removeAttribute('value');
    setText(this.#told, outcome(say, search));
    const sentence = search?.is === 'found' || shrinking ? say.broken(search.violation) : '';
    setText(this.#sentence, sentence);
    setText(this.#live, running ? '' : `${outcome(say, search)} ${sentence}`.trim());
  }
}

/** What of the search's state is shown. @param {SearchState | null} search */
const brief = (search) => (search && 'scenario' in search ? { ...search, scenario: null } : search);

/** @param {number[]} numbers */
const options = (numbers) => numbers.map((n) => h('option', { value: n }, String(n)));

/**
 * @param {Say} say
 * @param {SearchState | null} search
 */
export function outcome(say, search) {
  if (search === null) return '';
  const t = say.text;
  if (search.is === 'failed') return t('lab.search.failed', { message: search.message });
  if (search.is === 'shrinking')
    return t('lab.search.shrinking', { n: say.count(search.tried), tries: say.count(search.shrunk) });
  if (search.is !== 'running') return t(`lab.search.${search.is}`, { n: say.count(search.tried) });
  const { tried, of, perSecond } = search;
  const parts = [t('lab.search.tried', { n: say.count(tried), of: say.count(of) })];
  if (perSecond > 0) {
    const seconds = (of - tried) / perSecond;
    parts.push(
      t('lab.search.rate', { n: perSecond < 10 ? perSecond.toFixed(1) : say.count(Math.round(perSecond)) }),
    );
    const [unit, length] = /** @type {[string, number]} */ (
      seconds < 90 ? ['s', 1] : seconds < 90 * 60 ? ['min', 60] : ['h', 3600]
    );
    const left = t(`lab.search.left.${unit}`, { n: say.count(Math.ceil(seconds / length)) });
    parts.push(t('lab.search.left', { t: left }));
  }
  return parts.join(' · ');
}
