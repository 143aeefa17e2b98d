// The keyboard shortcuts of <ledger-scope>. They hold only while the focus is inside the element, and never take a key
// from a field that is typed into.

/** @type {Readonly<Record<string, 'step' | 'send' | 'newRun'>>} */
const KEYS = { '.': 'step', ArrowRight: 'step', s: 'send', n: 'newRun' };

/**
 * What a key means; null: nothing, it is somebody else's.
 * @param {KeyboardEvent} event
 * @param {boolean} onStage  the focus is on the stage itself: elsewhere the space bar presses the button it is on
 */
export function shortcut(event, onStage) {
  if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return null;
  if (/** @type {Element} */ (event.target).matches('input, select, textarea')) return null;
  if (event.key === ' ') return onStage ? 'toggle' : null;
  return KEYS[event.key] ?? null;
}
