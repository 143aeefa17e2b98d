// Attributes that are none of ours and nobody else's: most likely misspelt.

import { RULES } from './options.js';

// What any HTML element may carry, and what frameworks put on it, is no mistake.
const FOREIGN =
  /^(id|class|style|slot|part|exportparts|title|dir|hidden|inert|tabindex|role|translate|is|nonce|draggable|popover|contenteditable|spellcheck|autofocus|accesskey|anchor|key|ref|item\w+|xmlns|(data|aria|on|v|x|ng|hx|bind|svelte|astro|b)-.*|on.*|.*[^a-z-].*)$/;

/** @param {readonly string[]} names  of attributes */
export function misspelt(names) {
  return names.filter((name) => !(name in RULES) && !FOREIGN.test(name));
}
