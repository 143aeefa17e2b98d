// The page around the element: which language it speaks, and that page and element speak the same one; and the run that is in
// its address.

import './define.js';
import { langOf } from './i18n/index.js';

/** @import { LedgerScope } from './define.js' */

const root = document.documentElement;
const asked = new URLSearchParams(location.search).get('lang');
let lang = langOf(asked) ?? langOf(navigator.language) ?? 'en';

const scope = /** @type {LedgerScope | null} */ (document.querySelector('ledger-scope'));

/** The address may have a run in it. */
const openRun = () => {
  if (scope) scope.link = location.href;
};
openRun();
window.addEventListener('hashchange', openRun);

/** @param {'en' | 'zh'} next */
function speak(next) {
  lang = next;
  root.lang = next;
  document.title = root.dataset[`title${next === 'zh' ? 'Zh' : 'En'}`] ?? document.title;
  for (const link of document.querySelectorAll('[data-speak]')) {
    const on = /** @type {HTMLElement} */ (link).dataset.speak === next;
    if (on) link.setAttribute('aria-current', 'true');
    else link.removeAttribute('aria-current');
  }
  if (scope && scope.getAttribute('lang') !== next) scope.setAttribute('lang', next);
}

speak(lang);

document.addEventListener('click', (event) => {
  const link = /** @type {Element} */ (event.target).closest('[data-speak]');
  const next = langOf(/** @type {HTMLElement | null} */ (link)?.dataset.speak);
  if (!next) return;
  event.preventDefault();
  const url = new URL(location.href);
  url.searchParams.set('lang', next);
  history.replaceState(null, '', url);
  speak(next);
});

// The element has a switch of its own; the page follows it.
if (scope) {
  new MutationObserver(() => {
    const next = langOf(scope.getAttribute('lang'));
    if (next && next !== lang) speak(next);
  }).observe(scope, { attributes: true, attributeFilter: ['lang'] });
}
