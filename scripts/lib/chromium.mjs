/**
 * A Chromium for the end-to-end tests.
 */

import { existsSync } from 'node:fs';
import { canInstall, install, isDebian } from './apt.mjs';
import { bin } from './npm.mjs';
import { ask, run } from './run.mjs';
import { Missing, note } from './say.mjs';

const programFiles = [process.env.PROGRAMFILES, process.env['PROGRAMFILES(X86)'], process.env.LOCALAPPDATA];

/** Where systems put it. */
const PLACES = {
  linux: [
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
    '/usr/bin/google-chrome-stable',
    '/opt/google/chrome/chrome',
    '/snap/bin/chromium',
  ],
  darwin: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
  ],
  win32: programFiles
    .filter((folder) => folder !== undefined)
    .flatMap((folder) => [
      `${folder}\\Google\\Chrome\\Application\\chrome.exe`,
      `${folder}\\Chromium\\Application\\chrome.exe`,
      `${folder}\\Microsoft\\Edge\\Application\\msedge.exe`,
    ]),
};

/** Ubuntu has a `chromium-browser` that only says how to install a snap: it has to answer. @param {string} path */
function works(path) {
  if (!existsSync(path)) return false;
  // On Windows the program opens a window instead of answering.
  return process.platform === 'win32' || ask(path, ['--version'], { timeoutMs: 30_000 }) !== null;
}

/** @returns {Promise<string | null>} the path of one that is here */
export async function findChromium() {
  const chosen = process.env.LEDGERSCOPE_CHROMIUM;
  if (chosen) {
    if (existsSync(chosen)) return chosen;
    throw new Missing(`LEDGERSCOPE_CHROMIUM is ${chosen}, and there is no such file.`, [
      'let it name a Chromium or Chrome',
      'unset it: one is then looked for',
    ]);
  }
  const places = PLACES[/** @type {keyof typeof PLACES} */ (process.platform)] ?? [];
  return places.find(works) ?? (await downloaded());
}

/** The one that Playwright keeps for itself, if it has been downloaded. */
async function downloaded() {
  const { chromium } = await import('@playwright/test');
  const path = chromium.executablePath();
  return path && works(path) ? path : null;
}

async function download() {
  note('downloading Chromium');
  const [program, script] = bin('playwright/cli.js');
  await run(program, [script, 'install', 'chromium'], { timeoutMs: 600_000 });
  return downloaded();
}

/** @returns {Promise<string>} the path of a Chromium; installed if need be */
export async function ensureChromium() {
  const here = await findChromium();
  if (here) return here;
  // Debian's own brings the libraries it needs; a downloaded one does not start on a bare machine.
  if (isDebian() && canInstall() && (await install(['chromium']))) {
    const installed = await findChromium();
    if (installed) return installed;
  }
  const path = await download();
  if (path) return path;
  throw new Missing('A Chromium for the end-to-end tests is missing and could not be installed.', [
    'npx playwright install --with-deps chromium',
    'install Chromium or Chrome as your system does (on Debian, as root: apt-get install chromium)',
    'set LEDGERSCOPE_CHROMIUM to the path of one',
  ]);
}

/** Half of the page is Chinese: without a font for it there are only boxes in the tests' pictures. */
export async function ensureChineseFont() {
  if (process.platform !== 'linux') return;
  const fonts = ask('fc-list', [':lang=zh', 'file']);
  if (fonts) return;
  if (canInstall() && (await install(['fontconfig', 'fonts-wqy-zenhei']))) return;
  note('no font for Chinese was found: pictures made by the tests will lack those words');
}
