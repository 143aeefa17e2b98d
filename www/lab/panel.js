// The panel under the picture in which a visitor breaks things: what holds, faults, the network, rules, the search. It is
// fetched after the first picture. It shows the state it is given and says what the visitor wants; what runs is the
// element's affair.
//
//   guarantees.js   what holds, and what does not any more        network.js   sliders for links
//   faults.js       what can be done to one broker, partitions    rules.js     rules as switches
//   bar.js          in the caption's place: a message, a breach   search.js    'find me a failure'

import { h } from '../panels/dom.js';

/** @import { Words } from '../i18n/index.js' */

/**
 * What the panel asks for. All of it may be refused; the element says so where it says all that it refuses.
 * @typedef {object} LabWishes
 * @property {(command: Record<string, unknown>) => void} command  a scenario command: `{do: 'pause', broker: 0}`
 * @property {(rule: string, kept: boolean) => void} setRule       while the run goes on, as the command `rule` does
 * @property {(name: string) => void} preset      a new run of the same seed under that preset's rules
 * @property {(run: string | Record<string, unknown>) => void} openRun  a scenario, or the address of one; it plays
 * @property {() => void} again                   the present run from its beginning, with all commands given; it plays
 * @property {(options: SearchOptions) => void} search
 * @property {() => void} cancel                  the search
 * @property {() => Promise<void>} copyLink       to the clipboard; rejected where there is none
 * @property {() => void} pause                   so that a message in flight can be looked at
 * @property {() => void} changed                 the stage is to be drawn again: something is selected
 *
 * @typedef {{brokers: number, minutes: number, seeds: number}} SearchOptions  the rules are those of the present run
 */

/**
 * What the panel shows; told on every frame that is drawn, cheap when nothing has changed: lists are the same object as
 * long as they say the same, or made anew at most four times a second.
 * @typedef {object} LabState
 * @property {Float64Array} frame
 * @property {{name: string, checked: number}[]} guarantees
 * @property {Violation | null} violation
 * @property {{name: string, kept: boolean}[]} rules
 * @property {string} preset
 * @property {SearchState | null} search          null: none since the page was opened
 * @property {boolean} ready                      commands are possible: a run is there, and nothing is broken in it
 *
 * @typedef {object} Violation                    check::Violation::shown
 * @property {string} invariant
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
 *   | {is: 'found', tried: number, violation: Violation, scenario: Record<string, unknown>}
 *   | {is: 'nothing', tried: number}
 *   | {is: 'cancelled', tried: number}
 *   | {is: 'failed', message: string}} SearchState
 */

export class Panel {
  element = h('section', { class: 'lab', part: 'lab' });
  /** Goes into the caption's element, whose place it takes while it has something to say. */
  bar = h('div', { class: 'bar', hidden: true });

  /** @param {LabWishes} wishes */
  constructor(wishes) {
    this.wishes = wishes;
  }

  /** @param {Words} words @param {LabState} state */
  update(words, state) {
    this.element.lang = words.lang;
    this.element.hidden = !state.frame;
  }

  /** Forgets the last run: what was selected in it. */
  begin() {}
}
