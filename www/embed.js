// embed.html: the element alone, filling its frame, with the query string for attributes, and the run that is in the address.

import { LedgerScope } from './define.js';
import { langOf } from './i18n/index.js';
import { NAMES, unknownOption } from './options.js';

const scope = /** @type {LedgerScope} */ (document.createElement('ledger-scope'));
const query = new URLSearchParams(location.search);
document.documentElement.lang = langOf(query.get('lang')) ?? langOf(navigator.language) ?? 'en';
for (const [name, value] of query) {
  if (NAMES.includes(name)) scope.setAttribute(name, value);
  else scope.report(unknownOption(name, value));
}
document.body.append(scope);

const openRun = () => (scope.link = location.href);
openRun();
window.addEventListener('hashchange', openRun);
