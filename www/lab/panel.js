// The panel under the picture in which a visitor breaks things: what holds, faults, the network, rules, the search. It is
// fetched after the first picture. It shows the state it is given and says what the visitor wants; what runs is the
// element's affair.
//
//   guarantees.js   what holds, and what does not any more        network.js   sliders for links
//   faults.js       what can be done to one broker                rules.js     rules as switches
//   partition.js    who reaches whom                              search.js    'find me a failure'
//   bar.js          in the caption's place: a message, a breach   gestures.js  mouse, pen and finger on the picture
//   stage.js        what is added to the picture                  pinning.js   the picture stays while the panel goes by

import { h, setAttribute, setText } from '../panels/dom.js';
import { Bar } from './bar.js';
import { CopyLink } from './copy-link.js';
import { Faults } from './faults.js';
import { inFlight } from './flights.js';
import { Gestures } from './gestures.js';
import { Guarantees } from './guarantees.js';
import css from './lab.css?inline';
import { Network } from './network.js';
import { Partition } from './partition.js';
import { button, setButton } from './pieces.js';
import { Pinning } from './pinning.js';
import { RuleList } from './rules.js';
import { Search } from './search.js';
import { LabStage } from './stage.js';
import { takenAway } from './subjects.js';
import { Tabs } from './tabs.js';
import { loadLabWords } from './words.js';

/** @import { Words } from '../i18n/index.js' */
/** @import { Say } from './words.js' */

/**
 * What the panel asks for. All of it may be refused; the element says so where it says all that it refuses.
 * @typedef {object} LabWishes
 * @property {(command: Record<string, unknown>) => void} command  a scenario command: `{do: 'pause', broker: 0}`
 * @property {(rule: string, kept: boolean) => void} setRule       while the run goes on, as the command `rule` does
 * @property {(name: string) => void} preset      a new run of the same seed under that preset's rules
 * @property {(run: string | Record<string, unknown>) => void} openRun  a scenario, or the address of one; it plays
 * @property {() => void} again                   the present run from its beginning, with all commands given; it plays
 * @property {() => void} skip                    to just before what breaks the present run
 * @property {(options: SearchOptions) => void} search
 * @property {() => void} prepare                 there may be a search soon
 * @property {() => void} cancel                  the search
 * @property {() => Promise<void>} copyLink       to the clipboard; rejected where there is none
 * @property {() => void} pause                   so that a message in flight can be looked at
 * @property {() => Float64Array | null} frame    the frame of the present time, for what is clicked between two frames
 * @property {() => void} changed                 to be drawn, and `update` called, again: something is chosen
 *
 * @typedef {{brokers: number, minutes: number, seeds: number}} SearchOptions  the rules are those of the present run
 */

/**
 * What the panel shows; told on every frame that is drawn, cheap when nothing has changed.
 * @typedef {object} LabState
 * @property {Float64Array} frame
 * @property {{name: string, checked: number}[]} guarantees
 * @property {Violation | null} violation
 * @property {{name: string, kept: boolean}[]} rules
 * @property {string} preset
 * @property {SearchState | null} search          null: none since the page was opened
 * @property {Details} [details]                  without it sliders show what was last set here
 * @property {boolean} breaks                     something will be broken in it, if nobody interferes
 * @property {boolean} ready                      commands are possible: a run is there, and nothing is broken in it
 *
 * @typedef {LabState & {wishes: number}} Shown   so many wishes were made: what was set here may not be what came of it
 *
 * Numbers for which the frame has no room, asked for when the frame says that something has changed.
 * @typedef {object} Details
 * @property {(from: number, to: number) => import('./world.js').LinkState} link
 * @property {(broker: number) => {slow_ms: number, full: boolean}} disk
 *
 * @typedef {object} Violation                    check::Violation::shown
 * @property {string} invariant
 * @property {string} what           in which of its ways: check::Broken
 * @property {number} at_us
 * @property {number[]} brokers
 * @property {number} [index]
 * @property {number} [term]
 * @property {string} [topic]
 * @property {number} [queue]
 * @property {number} [queue_offset]
 * @property {number} [number]
 * @property {number} [consumer]
 * @property {number} [producer]
 *
 * @typedef {{is: 'running', tried: number, of: number, perSecond: number}
 *   | {is: 'shrinking', tried: number, shrunk: number, violation: Violation, scenario: Record<string, unknown>}
 *   | {is: 'found', tried: number, violation: Violation, scenario: Record<string, unknown>}
 *   | {is: 'nothing', tried: number}
 *   | {is: 'cancelled', tried: number}
 *   | {is: 'failed', message: string}} SearchState
 */

/**
 * Where the panel goes: what view.js has made.
 * @typedef {object} Place
 * @property {HTMLElement} scope     the panel stands at its end
 * @property {HTMLElement} stage
 * @property {{step: HTMLElement}} controls       the button to skip ahead stands after that to step
 * @property {{element: HTMLElement}} caption  the bar takes its place while it has something to say
 * @property {import('../stage/layout.js').Layout | null} layout
 * @property {boolean} reducedMotion
 * @property {LabStage | null} lab   what is to be added to the picture
 */

/** @type {CSSStyleSheet | null} one sheet for all panels of the page */
let sheet = null;

export class Panel {
  #wishes;
  /** @type {Say | null} */
  #say = null;
  #asked = '';
  #title = h('h2', { class: 'unseen' });
  #stage = new LabStage();
  #gestures = /** @type {Gestures | null} */ (null);
  #pinning = /** @type {Pinning | null} */ (null);
  #stageElement = /** @type {HTMLElement | null} */ (null);
  #flightsTitle = h('h4');
  #flightsHint = h('p', { class: 'hint' });
  /** Without it there is only the bar, and what is marked in the picture. */
  shown = false;

  /** @param {LabWishes} wishes */
  constructor(wishes) {
    const counted =
      (/** @type {(...what: any[]) => void} */ wish) =>
      (/** @type {any[]} */ ...what) => {
        this.#stage.version++;
        wish(...what);
        // Should it have been refused, what was set here must go back.
        changed();
      };
    const { command, setRule, preset, changed } = wishes;
    wishes = {
      ...wishes,
      command: counted(command),
      setRule: counted(setRule),
      preset: counted(preset),
    };
    this.#wishes = wishes;
    this.bar = new Bar(wishes, (back) => this.#unselect(back));
    this.guarantees = new Guarantees();
    this.faults = new Faults(wishes);
    this.partition = new Partition(wishes, () => this.#draw());
    this.network = new Network(wishes);
    this.rules = new RuleList(wishes);
    this.search = new Search(wishes);
    this.nextFlight = button('next-flight', () => this.#nextFlight());
    this.skip = button('skip', wishes.skip);
    this.skip.hidden = true;
    this.calm = button('calm', () => wishes.command({ do: 'calm' }));
    this.copy = new CopyLink('copy-link', 'lab.copy.long', wishes.copyLink);
    const flights = h(
      'div',
      { class: 'block' },
      this.#flightsTitle,
      h('div', { class: 'row actions' }, this.nextFlight),
      this.#flightsHint,
    );
    this.tabs = new Tabs([
      {
        name: 'faults',
        element: h('div', { class: 'blocks' }, this.faults.element, this.partition.element, flights),
      },
      { name: 'network', element: this.network.element },
      { name: 'rules', element: this.rules.element },
      { name: 'search', element: this.search.element },
    ]);
    const foot = h('div', { class: 'row actions whole' }, this.calm, this.copy.button);
    this.element = h(
      'section',
      { class: 'lab', part: 'lab', 'data-lab': 'panel' },
      this.#title,
      this.bar.live,
      this.guarantees.element,
      h('div', { class: 'tab-row' }, this.tabs.list, foot),
      this.tabs.panels,
    );
    this.element.hidden = true;
  }

  /**
   * Puts the panel into an element.
   * @param {Place} place
   * @param {ShadowRoot} root
   */
  mount(place, root) {
    if (!sheet) {
      sheet = new CSSStyleSheet();
      sheet.replaceSync(css);
    }
    root.adoptedStyleSheets.push(sheet);
    place.scope.append(this.element);
    place.caption.element.append(this.bar.element);
    place.controls.step.after(this.skip);
    place.lab = this.#stage;
    this.#stageElement = place.stage;
    this.#pinning = new Pinning(place.scope, place.stage, place.caption.element);
    this.#gestures = new Gestures(
      {
        stage: place.stage,
        layout: () => place.layout,
        frame: this.#wishes.frame,
        standing: () => place.reducedMotion,
      },
      {
        command: this.#wishes.command,
        message: (id) => this.#select(id),
        broker: (broker) => this.faults.choose(broker),
        drawn: this.#wishes.changed,
      },
    );
    root.addEventListener('keydown', (event) => this.#key(/** @type {KeyboardEvent} */ (event)));
  }

  /** Forgets the last run: what was chosen in it. */
  begin() {
    this.bar.selected = -1;
    if (this.#gestures) this.#gestures.armed = false;
  }

  /** @param {Words} words @param {LabState} state */
  update(words, state) {
    const say = this.#speak(words);
    if (!say) return;
    this.element.hidden = !this.shown;
    this.#pinning?.update(this.shown);
    this.bar.update(say, state);
    this.#stage.say = say;
    this.#stage.details = state.details;
    this.#stage.violation = state.violation;
    this.#stage.selected = this.bar.selected;
    const gestures = this.#gestures;
    if (gestures) {
      gestures.say = say;
      gestures.ready = state.ready;
    }
    const skipped = this.skip.matches(':focus');
    this.skip.hidden = !this.shown || !state.breaks || state.violation !== null;
    if (skipped && this.skip.hidden) this.#stageElement?.focus();
    // What cannot be seen is not kept up to date.
    if (!this.shown) return;
    this.guarantees.update(say, state, performance.now());
    this.#label(say, state);
    const shown = { ...state, wishes: this.#stage.version };
    switch (this.tabs.chosen) {
      case 'faults':
        this.faults.update(say, shown);
        this.partition.update(say, shown, gestures?.armed ?? false);
        return;
      case 'network':
        return this.network.update(say, shown);
      case 'rules':
        return this.rules.update(say, shown);
      case 'search':
        this.#wishes.prepare();
        return this.search.update(say, state);
    }
  }

  /** The words of a language, once they are there. @param {Words} words */
  #speak(words) {
    if (this.#asked !== words.lang) {
      this.#asked = words.lang;
      loadLabWords(words.lang).then(
        (say) => {
          this.#say = say;
          this.#wishes.changed();
        },
        () => (this.#asked = ''), // asked for again with the next frame
      );
    }
    return this.#say;
  }

  /** @param {Say} say @param {LabState} state */
  #label(say, { rules, search, ready, frame }) {
    const t = say.text;
    setText(this.#title, t('lab.title'));
    setAttribute(this.element, 'aria-label', t('lab.title'));
    setAttribute(this.tabs.list, 'aria-label', t('lab.tabs'));
    const off = takenAway(rules).length;
    this.tabs.label('faults', t('lab.tab.faults'));
    this.tabs.label('network', t('lab.tab.network'));
    this.tabs.label('rules', off > 0 ? t('lab.tab.rules.off', { n: off }) : t('lab.tab.rules'));
    const percent = search?.is === 'running' ? Math.floor((100 * search.tried) / search.of) : -1;
    this.tabs.label('search', percent < 0 ? t('lab.tab.search') : t('lab.tab.search.running', { percent }));
    setButton(this.calm, t('lab.calm'), ready ? t('lab.calm.title') : t('lab.why.stopped'), ready);
    setButton(this.skip, t('lab.skip'), t('lab.skip.title'), true);
    this.copy.label(say);
    setText(this.#flightsTitle, t('lab.flights'));
    setText(this.#flightsHint, t('lab.flights.hint'));
    const none = inFlight(frame).length === 0;
    setButton(this.nextFlight, t('lab.flights.next'), none ? t('lab.flights.none') : '', !none);
  }

  /** @param {number} id */
  #select(id) {
    if (!this.shown) return;
    this.#wishes.pause();
    this.bar.selected = id;
    this.#wishes.changed();
  }

  #nextFlight() {
    this.#wishes.pause();
    return this.bar.forward();
  }

  /** @param {boolean} back */
  #unselect(back) {
    this.bar.selected = -1;
    if (back) this.#stageElement?.focus();
    this.#wishes.changed();
  }

  #draw() {
    if (!this.#gestures) return;
    this.#gestures.armed = !this.#gestures.armed;
    // On a small screen the picture is out of sight by now.
    if (this.#gestures.armed) this.#stageElement?.scrollIntoView({ block: 'nearest' });
    this.#wishes.changed();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return;
    if (event.key === 'Escape') {
      if (this.bar.selected >= 0)
        this.#unselect(this.bar.element.contains(/** @type {Node} */ (event.target)));
      if (this.#gestures?.armed) this.#draw();
      return;
    }
    const field = /** @type {Element} */ (event.target).matches(
      'input:not([type=radio], [type=checkbox], [type=range]), select',
    );
    if (event.key !== 'm' || field || !this.#say || !this.shown) return;
    event.preventDefault();
    const first = this.bar.selected < 0;
    // The bar is shown with the next frame; what can be done is then one key away.
    if (this.#nextFlight() && first)
      requestAnimationFrame(() => requestAnimationFrame(() => this.bar.drop.focus()));
  }
}
