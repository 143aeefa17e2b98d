// What an element finds around itself in the page it was put into.

import { langOf } from './i18n/index.js';

/**
 * The language of what is around an element, through the shadow roots it may lie in.
 * @param {Element} element
 */
export function langAround(element) {
  /** @type {Node | null} */
  let node = element.parentNode;
  while (node) {
    const tagged = node instanceof Element ? node.closest('[lang]') : null;
    if (tagged) return langOf(tagged.getAttribute('lang'));
    const root = node.getRootNode();
    node = root instanceof ShadowRoot ? root.host : null;
  }
  return null;
}
