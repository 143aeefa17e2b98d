/**
 * `npm run monkey [-- --seed N --minutes M]`: visits dist/ in a Chromium and does whatever comes to mind, until something
 * that must not happen does: an error of the page or on its console, a panic, an element that plays while its clock stands
 * still, a page that does not answer. Then it says what it did last. The same seed makes the same choices; what they meet
 * depends on how fast the machine is.
 */

import { existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { ensureChromium } from './lib/chromium.mjs';
import { ensurePackages } from './lib/npm.mjs';
import { at, dist } from './lib/project.mjs';
import { Missing, StepFailed, heading, note, script } from './lib/say.mjs';
import { serve } from './lib/server.mjs';

/** @import { Page } from '@playwright/test' */
/** @typedef {(limit: number) => number} Dice  a whole number below the limit */
/** @typedef {{page: Page, dice: Dice, url: string}} Visit */

/** So many of the last things done are told. */
const TOLD = 40;
/** Between two looks at the clocks, in things done. */
const LOOK_EVERY = 12;
/** A clock that stands for so long stands still, milliseconds. */
const STILL_MS = 8000;
/** So long may the page be busy with one thing, milliseconds. */
const ANSWER_MS = 30_000;

const WIDTHS = [320, 375, 600, 800, 1280, 1900];
const KEYS = [
  ' ',
  '.',
  's',
  'n',
  'm',
  'Tab',
  'Shift+Tab',
  'Enter',
  'Escape',
  'ArrowRight',
  'ArrowLeft',
  'Home',
  'End',
];
const PAGES = [
  'index.html?lang=en',
  'index.html?lang=zh',
  'embed.html?lab=open&brokers=5',
  'embed.html?lab=open&brokers=9&lang=zh&theme=dark',
  'embed.html?lab=open&brokers=1&message-every=0',
  'embed.html?controls=minimal&lab=open&pace=linear&speed=10',
  'examples/blog-post.html',
];
/** What an author may set, and what nobody should. @type {[string, string[]][]} */
const ATTRIBUTES = [
  ['lang', ['en', 'zh']],
  ['theme', ['auto', 'light', 'dark']],
  ['lab', ['open', 'open', 'open', 'button', 'none']],
  ['controls', ['full', 'full', 'minimal', 'none']],
  ['brokers', ['1', '2', '3', '4', '5', '7', '9', '0']],
  ['pace', ['paced', 'linear']],
  ['speed', ['0.25', '1', '4', '20', '100', 'fast']],
  ['seed', ['1', '7', '2024', '-1']],
  ['message-every', ['0', '200', '5000']],
];

/** Run in the page: what an author's page sees of it. */
function listen() {
  const seen = /** @type {any} */ (window);
  seen.panics = [];
  // From the element itself they do not bubble.
  document.addEventListener(
    'error',
    (event) => {
      const { code, message } = /** @type {any} */ (event).detail ?? {};
      if (code === 'panic') seen.panics.push(message);
    },
    true,
  );
}

/** Numbers of a seed: mulberry32. @param {number} seed @returns {Dice} */
function diceOf(seed) {
  let state = seed >>> 0;
  return (limit) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % limit;
  };
}

/** @template T @param {Dice} dice @param {readonly T[]} all @returns {T} */
const one = (dice, all) => all[dice(all.length)];

/**
 * The page's answer, or an error if it is too busy to give one.
 * @template T @param {Promise<T>} answer @returns {Promise<T>}
 */
async function answered(answer) {
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const late = new Promise((_, failed) => {
    timer = setTimeout(
      () => failed(new Error(`the page has not answered for ${ANSWER_MS / 1000} s`)),
      ANSWER_MS,
    );
  });
  try {
    return /** @type {T} */ (await Promise.race([answer, late]));
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Something in an element that can be used now, brought into sight: what it is, and where.
 * @param {Visit} visit @param {string} selector
 */
function find({ page, dice }, selector) {
  return answered(
    page.evaluate(
      ([css, choice]) => {
        const all = [...document.querySelectorAll('ledger-scope')].flatMap((scope) => [
          .../** @type {ShadowRoot} */ (scope.shadowRoot).querySelectorAll(css),
        ]);
        const usable = all.filter(
          (it) => !it.matches(':disabled') && it.checkVisibility({ visibilityProperty: true }),
        );
        if (usable.length === 0) return null;
        const it = /** @type {HTMLElement} */ (usable[Number(choice) % usable.length]);
        it.scrollIntoView({ block: 'center', behavior: 'instant' });
        const { x, y, width, height } = it.getBoundingClientRect();
        const { lab, control, target } = it.dataset;
        const name = lab ?? control ?? target ?? (it.getAttribute('aria-label') || it.className);
        return { name: `${it.localName} ${name}`, index: all.indexOf(it), x, y, width, height };
      },
      /** @type {const} */ ([selector, dice(1 << 20)]),
    ),
  );
}

/** Things to do, each with how often; they tell what they did. @type {[number, (visit: Visit) => Promise<string>][]} */
const THINGS = [
  [30, click],
  [8, slide],
  [5, choose],
  [12, press],
  [6, point],
  [6, draw],
  [4, attribute],
  [3, runLink],
  [3, size],
  [1, type],
  [1, look],
  [1, move],
  [1, leave],
];

/** @param {Visit} visit */
async function click(visit) {
  // Text under a name, for all that is a button, a switch, a tab or a broker.
  const found = await find(visit, 'button, [type=checkbox], [type=radio]');
  if (!found) return 'click nothing';
  await visit.page.mouse.click(found.x + found.width / 2, found.y + found.height / 2);
  return `click ${found.name}`;
}

/** @param {Visit} visit */
async function slide(visit) {
  const found = await find(visit, '[type=range]');
  if (!found) return 'slide nothing';
  const part = one(visit.dice, [0, 0.1, 0.5, 0.9, 1]);
  const y = found.y + found.height / 2;
  await visit.page.mouse.move(found.x + found.width / 2, y);
  await visit.page.mouse.down();
  await visit.page.mouse.move(found.x + 1 + (found.width - 2) * part, y, { steps: 3 });
  await visit.page.mouse.up();
  return `slide ${found.name} to ${part}`;
}

/** @param {Visit} visit */
async function choose(visit) {
  const found = await find(visit, 'select');
  if (!found) return 'choose nothing';
  const value = await visit.page.evaluate(
    ([index, choice]) => {
      const all = [...document.querySelectorAll('ledger-scope')].flatMap((scope) => [
        .../** @type {ShadowRoot} */ (scope.shadowRoot).querySelectorAll('select'),
      ]);
      const select = all[index];
      if (!select) return 'nothing';
      select.selectedIndex = choice % select.options.length;
      select.dispatchEvent(new Event('change', { bubbles: true }));
      return select.value;
    },
    [found.index, visit.dice(100)],
  );
  return `choose ${found.name} = ${value}`;
}

/** @param {Visit} visit */
async function press({ page, dice }) {
  const keys = Array.from({ length: 1 + dice(4) }, () => one(dice, KEYS));
  for (const key of keys) await page.keyboard.press(key);
  return `press ${keys.map((key) => (key === ' ' ? 'Space' : key)).join(' ')}`;
}

/** @param {Visit} visit */
async function type(visit) {
  const found = await find(visit, '[data-control=seed]');
  if (!found) return 'type nothing';
  const text = one(visit.dice, ['7', '123456', '-5', 'seven', '1e9', '']);
  await visit.page.mouse.click(found.x + found.width / 2, found.y + found.height / 2, { clickCount: 3 });
  await visit.page.keyboard.type(text);
  await visit.page.keyboard.press('Enter');
  return `type the seed “${text}”`;
}

/** A place on the picture. @param {Visit} visit */
async function place(visit) {
  const found = await find(visit, '.stage');
  if (!found) return null;
  const { dice } = visit;
  return { x: found.x + (dice(1000) / 1000) * found.width, y: found.y + (dice(1000) / 1000) * found.height };
}

/** @param {Visit} visit */
async function point(visit) {
  const to = await place(visit);
  if (!to) return 'point at nothing';
  await visit.page.mouse.click(to.x, to.y);
  return `point at ${Math.round(to.x)}, ${Math.round(to.y)}`;
}

/** @param {Visit} visit */
async function draw(visit) {
  const from = await place(visit);
  const to = await place(visit);
  if (!from || !to) return 'draw nothing';
  await visit.page.mouse.move(from.x, from.y);
  await visit.page.mouse.down();
  await visit.page.mouse.move(to.x, to.y, { steps: 4 });
  if (visit.dice(5) === 0) await visit.page.keyboard.press('Escape');
  await visit.page.mouse.up();
  return `draw from ${Math.round(from.x)}, ${Math.round(from.y)} to ${Math.round(to.x)}, ${Math.round(to.y)}`;
}

/** @param {Visit} visit */
async function attribute({ page, dice }) {
  const [name, values] = one(dice, ATTRIBUTES);
  const value = one(dice, values);
  await page.evaluate(
    ([attribute, text, choice]) => {
      const all = document.querySelectorAll('ledger-scope');
      all[Number(choice) % all.length]?.setAttribute(String(attribute), String(text));
    },
    [name, value, dice(100)],
  );
  return `set ${name}="${value}"`;
}

/** Runs that are shipped, cut off, and no runs at all, in the address. @param {Visit} visit */
async function runLink({ page, dice }) {
  const folder = at('examples', 'scenarios', 'broken');
  const file = one(dice, readdirSync(folder).sort());
  const whole = Buffer.from(readFileSync(`${folder}/${file}`, 'utf8')).toString('base64url');
  const [what, hash] = one(dice, [
    [file, whole],
    [`${file}, cut off`, whole.slice(0, dice(whole.length))],
    ['99 brokers', Buffer.from('{"brokers":99}').toString('base64url')],
    ['null', 'bnVsbA'],
    ['no base64', '%%%'],
  ]);
  await page.evaluate((run) => (location.hash = `run=${run}`), hash);
  return `open #run= ${what}`;
}

/** @param {Visit} visit */
async function size({ page, dice }) {
  const [width, height] = [one(dice, WIDTHS), one(dice, [500, 900, 1400])];
  await page.setViewportSize({ width, height });
  return `size ${width} × ${height}`;
}

/** @param {Visit} visit */
async function look({ page, dice }) {
  const colorScheme = one(dice, /** @type {const} */ (['light', 'dark']));
  const reducedMotion = one(dice, /** @type {const} */ (['reduce', 'no-preference']));
  await page.emulateMedia({ colorScheme, reducedMotion });
  return `look ${colorScheme}, motion ${reducedMotion}`;
}

/** An element is moved, or taken away for a while. @param {Visit} visit */
async function move({ page, dice }) {
  const ms = one(dice, [0, 0, 300]);
  await page.evaluate(async (away) => {
    const scope = document.querySelector('ledger-scope');
    const home = scope?.parentElement;
    if (!scope || !home) return;
    scope.remove();
    if (away > 0) await new Promise((done) => setTimeout(done, away));
    home.append(scope);
  }, ms);
  return `take the element out${ms > 0 ? `, back after ${ms} ms` : ' and put it back'}`;
}

/** @param {Visit} visit */
async function leave({ page, dice, url }) {
  const path = one(dice, PAGES);
  await page.goto(url + path);
  return `go to ${path}`;
}

/** @param {Dice} dice */
function something(dice) {
  let left = dice(THINGS.reduce((sum, [often]) => sum + often, 0));
  for (const [often, thing] of THINGS) {
    left -= often;
    if (left < 0) return thing;
  }
  return click;
}

/** What became of the elements: their clocks, and what went wrong. @param {Page} page */
function report(page) {
  return answered(
    page.evaluate(() => ({
      panics: /** @type {string[]} */ (/** @type {any} */ (window).panics),
      clocks: [.../** @type {NodeListOf<any>} */ (document.querySelectorAll('ledger-scope'))].map((scope) => {
        const { top, bottom } = scope.getBoundingClientRect();
        const { state } = scope;
        const goesOn = state !== null && (state.nextEventUs >= 0 || state.flights > 0);
        const seen = top < window.innerHeight && bottom > 0;
        return { due: seen && scope.playing && goesOn, timeUs: state?.timeUs, seed: state?.seed };
      }),
    })),
  );
}

/** Fails if an element plays and its clock stands. @param {Page} page */
async function clocksGo(page) {
  const before = await report(page);
  const end = Date.now() + STILL_MS;
  for (;;) {
    await page.waitForTimeout(50);
    const now = await report(page);
    if (now.panics.length > 0) throw new Error(`a panic: ${now.panics[0]}`);
    const stands = now.clocks.findIndex((clock, i) => {
      const was = before.clocks[i];
      return clock.due && was?.due && clock.timeUs === was.timeUs && clock.seed === was.seed;
    });
    if (stands < 0) return;
    if (Date.now() > end) {
      const { timeUs } = now.clocks[stands];
      throw new Error(`element ${stands} plays, and its clock stands at ${timeUs} µs`);
    }
  }
}

await script(async () => {
  const { values } = parseArgs({
    options: { seed: { type: 'string' }, minutes: { type: 'string', default: '2' } },
  });
  const seed = values.seed === undefined ? Date.now() % 1_000_000 : Number(values.seed);
  const minutes = Number(values.minutes);
  if (!Number.isInteger(seed) || seed < 0) throw new Missing(`--seed ${values.seed}?`, ['a whole number']);
  if (!(minutes > 0)) throw new Missing(`--minutes ${values.minutes}?`, ['a number, as 2 or 0.5']);
  await ensurePackages();
  if (!existsSync(`${dist}/index.html`)) throw new Missing('There is no dist/.', ['npm run build']);
  const executablePath = await ensureChromium();
  const { chromium } = await import('@playwright/test');

  heading(`seed ${seed}, ${minutes} min`);
  const server = await serve({ folder: dist, base: '/', port: 0 });
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, locale: 'en-US' });
  /** @type {string[]} */
  const done = [];
  /** @type {Error | null} */
  let wrong = null;
  page.on(
    'pageerror',
    (error) => (wrong ??= new Error(`an error of the page: ${error.stack ?? error.message}`)),
  );
  page.on('crash', () => (wrong ??= new Error('the page crashed')));
  page.on('console', (message) => {
    if (message.type() === 'error') wrong ??= new Error(`on the console: ${message.text()}`);
  });
  await page.addInitScript(listen);
  const dice = diceOf(seed);
  const visit = { page, dice, url: server.url };
  let count = 0;
  try {
    await page.goto(`${server.url}${PAGES[0]}`);
    const end = Date.now() + minutes * 60_000;
    while (Date.now() < end && wrong === null) {
      done.push(await something(dice)(visit));
      if (done.length > TOLD) done.shift();
      if (dice(3) === 0) await page.waitForTimeout(dice(400));
      if (++count % LOOK_EVERY === 0) await clocksGo(page);
    }
  } catch (error) {
    wrong ??= error instanceof Error ? error : new Error(String(error));
  }
  note(`${count} things done`);
  if (wrong !== null) {
    const first = count - done.length + 1;
    done.forEach((thing, i) => note(`${first + i}. ${thing}`));
    const link = await answered(
      page.evaluate(() => /** @type {any} */ (document.querySelector('ledger-scope'))?.link),
    ).catch(() => null);
    if (link) note(`the run: ${link}`);
    mkdirSync(at('test-results'), { recursive: true });
    const path = at('test-results', 'monkey.png');
    if (await page.screenshot({ path, timeout: 10_000 }).catch(() => null)) note(`how it looks: ${path}`);
    console.error(`\n${wrong.message}`);
  }
  await browser.close();
  await server.close();
  if (wrong !== null) throw new StepFailed(`The monkey, seed ${seed},`);
});
