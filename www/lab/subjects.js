// Rules by what they are about, and which of them somebody has taken away. No page.

/** @typedef {{name: string, kept: boolean}} Kept */

/** Which rules stand together. What is not named here stands at the end: a new rule is never left out. */
const SUBJECTS = {
  votes: [
    'majority_to_win',
    'vote_once_a_term',
    'remember_vote',
    'compare_logs_before_voting',
    'vote_by_the_log',
    'raise_the_term',
    'step_down_on_larger_term',
    'heed_larger_term',
  ],
  log: [
    'truncate_conflicts',
    'truncate_only_conflicts',
    'compare_from_the_end',
    'check_control_pushes',
    'resend_from_the_match',
    'batches_fill',
  ],
  commit: [
    'majority_to_commit',
    'count_only_current_term',
    'noop_on_election',
    'dispatch_only_committed',
    'answer_only_committed',
    'answer_on_term_change',
  ],
  disk: [
    'erase_on_truncate',
    'recover_before_serving',
    'take_only_as_master',
    'recover_queues_whole',
    'flush_before_acknowledging',
  ],
};

/** Not kept by any preset: off, as in the original, is not taken away. */
const NEVER_KEPT = ['flush_before_acknowledging'];

/** Which rules somebody has taken away. @param {Kept[]} rules */
export const takenAway = (rules) =>
  rules.filter(({ name, kept }) => !kept && !NEVER_KEPT.includes(name)).map(({ name }) => name);

/**
 * Under which heading each rule stands, headings in order.
 * @param {readonly string[]} names
 * @returns {[string, string[]][]}
 */
export function bySubject(names) {
  const placed = Object.entries(SUBJECTS).map(
    ([subject, list]) =>
      /** @type {[string, string[]]} */ ([subject, list.filter((name) => names.includes(name))]),
  );
  const rest = names.filter((name) => !placed.some(([, list]) => list.includes(name)));
  return [...placed, /** @type {[string, string[]]} */ (['more', rest])].filter(
    ([, list]) => list.length > 0,
  );
}
