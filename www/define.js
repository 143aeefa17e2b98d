// Registers the element under its usual name. An app that wants another one imports element.js and defines it itself.

import { LedgerScope } from './element.js';

if (!customElements.get('ledger-scope')) customElements.define('ledger-scope', LedgerScope);

export { LedgerScope };
