/**
 * What is built: the pages, and the file that authors embed.
 */

import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { at, dist } from './project.mjs';
import { StepFailed } from './say.mjs';

const ALL = ['index.html', 'embed.html', 'examples/blog-post.html'];

/** The module that registers the element, and the unchanging name under which it is published. */
export const ELEMENT = { source: 'www/define.js', name: 'ledger-scope' };

export const pages = () => ALL.filter((page) => existsSync(at(page)));

/**
 * Refuses a build that a strict Content-Security-Policy would break.
 */
export function checkPolicy() {
  const html = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.html'),
  );
  for (const file of html) {
    const text = readFileSync(join(dist, file), 'utf8').replace(/<!--[^]*?-->/g, '');
    const inline =
      /<script\b(?![^>]*\s(?:src=|type="application\/))[^>]*>/i.exec(text) ??
      /<[^>]*\son[a-z]+\s*=[^>]*>/i.exec(text);
    if (inline) {
      console.error(`dist/${file}: ${inline[0]} is script inside the page, which script-src 'self' forbids.`);
      throw new StepFailed('The build');
    }
  }
}
