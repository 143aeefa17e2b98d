/**
 * Rust to www/pkg/ and www/pkg-lab/: cargo compiles, wasm-bindgen writes the JavaScript around the module, wasm-opt shrinks
 * the one and speeds up the other.
 */

import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { bin } from './npm.mjs';
import { nameByLikeness } from './order.mjs';
import { at, labPkg, pkg } from './project.mjs';
import { ask, must } from './run.mjs';
import { wasmCompiler } from './rust.mjs';
import { StepFailed, note, seconds } from './say.mjs';
import { fingerprint } from './stamp.mjs';

/** All that decides what is in both modules. */
const INPUTS = [
  'Cargo.toml',
  'Cargo.lock',
  '.cargo/config.toml',
  'src',
  'tools/bindgen/Cargo.toml',
  'tools/bindgen/src',
  'scripts/lib/order.mjs',
  'scripts/lib/wasm.mjs',
];

/** What is not compiled for the browser. */
const NATIVE = ['src/bin', 'src/export', 'src/inspect', 'src/trace'];

/**
 * @typedef {object} Module
 * @property {string} name of its files
 * @property {string} folder
 * @property {string} profile of Cargo.toml
 * @property {string[]} features
 * @property {string[]} without folders of src that are not in it
 * @property {boolean} small it is downloaded before the first picture
 */

/** @type {Module[]} */
const MODULES = [
  {
    name: 'ledgerscope',
    folder: pkg,
    profile: 'wasm',
    features: [],
    without: [...NATIVE, 'src/check', 'src/web/lab'],
    small: true,
  },
  {
    name: 'lab',
    folder: labPkg,
    profile: 'wasm-lab',
    features: ['lab'],
    without: NATIVE,
    small: false,
  },
];

// Apart from `target/`: the native build may be another compiler's, and a running `cargo test` does not block it.
const TARGET_DIR = at('target', 'web');

/** What rustc's wasm32 target uses by itself; wasm-opt does not read it out of the module. */
const FEATURES = [
  'bulk-memory',
  'nontrapping-float-to-int',
  'sign-ext',
  'mutable-globals',
  'reference-types',
  'multivalue',
];

/** @param {Module} module */
const filesOf = ({ name, folder }) => ({
  script: join(folder, `${name}.js`),
  types: join(folder, `${name}.d.ts`),
  wasm: join(folder, `${name}_bg.wasm`),
  stamp: join(folder, 'stamp.json'),
});

/** @typedef {{ inputs: string, optimised: boolean }} Stamp */

/** @param {Module} module @returns {Stamp | null} */
function readStamp(module) {
  const files = filesOf(module);
  if (!Object.values(files).every((file) => existsSync(file))) return null;
  try {
    return JSON.parse(readFileSync(files.stamp, 'utf8'));
  } catch {
    return null;
  }
}

/** @param {Module} module */
const kilobytes = (module) => `${(statSync(filesOf(module).wasm).size / 1024).toFixed(1)} KB`;

/**
 * Brings both modules up to date.
 *
 * @param {{ optimise: boolean }} how with wasm-opt, for what is published, or without, for quick changes
 * @returns {Promise<boolean>} false: they were
 */
export async function ensureWasm(how) {
  const compiler = await wasmCompiler();
  let built = false;
  for (const module of MODULES) built = (await ensureModule(module, compiler, how)) || built;
  return built;
}

/** @param {Module} module @param {import('./rust.mjs').Compiler} compiler @param {{ optimise: boolean }} how */
async function ensureModule(module, compiler, { optimise }) {
  const say = (/** @type {string} */ text) => note(`wasm, ${module.name}: ${text}`);
  const inputs = fingerprint(INPUTS, { without: module.without }, compiler.version);
  const stamp = readStamp(module);
  // An optimised module serves everybody.
  if (stamp?.inputs === inputs && (stamp.optimised || !optimise)) {
    say(`up to date, ${kilobytes(module)}`);
    return false;
  }

  const start = performance.now();
  const { stamp: stampFile } = filesOf(module);
  // The stamp goes first: what is interrupted from here on is not taken for whole.
  rmSync(stampFile, { force: true });
  mkdirSync(module.folder, { recursive: true });
  if (stamp?.inputs !== inputs) {
    say('compiling');
    await compile(module, compiler);
    say('writing its JavaScript');
    await bindgen(module);
  }
  if (optimise) {
    say('optimising');
    if (module.small) await shrink(module);
    else await speedUp(module);
  }
  writeFileSync(stampFile, `${JSON.stringify({ inputs, optimised: optimise })}\n`);
  say(`built in ${seconds(start)}, ${kilobytes(module)}`);
  return true;
}

const UNSTABLE = { RUSTC_BOOTSTRAP: '1' };

/**
 * A panic says what is wrong but not in which file and line, which is 1.1 KB less: the seed that it comes with runs natively
 * too, and there it does. A compiler that does not know this flag any more leaves them in.
 *
 * @param {import('./rust.mjs').Compiler} compiler
 */
function unlocated({ env }) {
  const flag = '-Zlocation-detail=none';
  return ask(env.RUSTC ?? 'rustc', [flag, '--print', 'sysroot'], { env: UNSTABLE }) === null ? [] : [flag];
}

/** @param {Module} module @param {import('./rust.mjs').Compiler} compiler */
async function compile({ profile, features }, compiler) {
  const target = 'wasm32-unknown-unknown';
  const args = ['build', '--lib', '--profile', profile, '--target', target, '--target-dir', TARGET_DIR];
  const wanted = features.flatMap((feature) => ['--features', feature]);
  const flags = ['--config', `target.${target}.rustflags=${JSON.stringify(unlocated(compiler))}`];
  await must('Compiling to wasm', compiler.cargo, [...args, ...wanted, ...flags], {
    // Flags from the environment would replace these.
    env: { ...compiler.env, RUSTFLAGS: undefined, CARGO_ENCODED_RUSTFLAGS: undefined, ...UNSTABLE },
  });
}

/** @param {Module} module */
async function bindgen(module) {
  const { name, folder, profile } = module;
  // The files that it writes are called after the one it reads.
  const input = join(TARGET_DIR, `${name}.wasm`);
  copyFileSync(join(TARGET_DIR, 'wasm32-unknown-unknown', profile, 'ledgerscope.wasm'), input);
  await must('wasm-bindgen', 'cargo', ['run', '-p', 'ledgerscope-bindgen', '--', input, folder]);
  // Where the module's memory is, whatever its exports are called after they have been shortened.
  const { script, types } = filesOf(module);
  appendFileSync(script, 'export const memory = () => wasm.memory;\n');
  appendFileSync(types, 'export function memory(): WebAssembly.Memory;\n');
}

/**
 * For the size after compression, 2.0 KB less than `-Oz` alone: what compresses well is not copied into its only caller and
 * not kept in a local either, control flow is laid out anew, and hints of alignment, which engines do not look at, are
 * dropped. (Not among them: `--traps-never-happen` would be 0.2 KB more, but lets a panic run on past its end.)
 */
const SMALL = [
  '-Oz',
  ...['--flatten', '--rereloop', '-Oz'],
  ...['--flatten', '--rereloop', '-Oz'],
  '--one-caller-inline-max-function-size=30',
  '--skip-pass=local-cse',
  '--dealign',
];

/** What is in the module for those who look into it. */
const NO_WORDS = ['--strip-debug', '--strip-producers'];

const ENABLED = FEATURES.map((feature) => `--enable-${feature}`);

const optimiser = () => bin('binaryen/bin/wasm-opt');

/** @param {Module} module */
async function speedUp(module) {
  const [program, script] = optimiser();
  const { wasm } = filesOf(module);
  await must('wasm-opt', program, [script, wasm, '-O3', ...NO_WORDS, ...ENABLED, '-o', wasm]);
}

/** @param {Module} module */
async function shrink(module) {
  const [program, script] = optimiser();
  const { wasm } = filesOf(module);
  await must('wasm-opt', program, [script, wasm, ...SMALL, ...NO_WORDS, ...ENABLED, '-o', wasm]);
  writeFileSync(wasm, nameByLikeness(readFileSync(wasm)));
  const names = ask(program, [
    script,
    wasm,
    ...ENABLED,
    '--reorder-functions-by-name',
    '--strip-debug',
    '--minify-imports-and-exports-and-modules',
    '-o',
    wasm,
  ]);
  if (!names) throw new StepFailed('wasm-opt');
  shortenNames(module, JSON.parse(names));
}

/**
 * Writes the names that wasm-opt has given to the module's imports and exports into the JavaScript around it. The long
 * and hashed ones of wasm-bindgen weigh 1.6 KB gzipped on both sides together.
 *
 * @param {Module} of
 * @param {{ imports: [from: string, name: string, short: string][], exports: [name: string, short: string][] }} names
 */
function shortenNames(of, { imports, exports }) {
  const { script, wasm } = filesOf(of);
  const [{ module }] = WebAssembly.Module.imports(new WebAssembly.Module(readFileSync(wasm)));
  const inward = new Map(imports.map(([, name, short]) => [name, short]));
  const outward = new Map(exports);
  const text = readFileSync(script, 'utf8')
    .replace(`"./${of.name}_bg.js": import0`, `${JSON.stringify(module)}: import0`)
    .replace(/\b__wb\w+(?=: function)/g, (name) => inward.get(name) ?? name)
    .replace(/\bwasm\.(\w+)/g, (all, name) => (outward.has(name) ? `wasm.${outward.get(name)}` : all));
  writeFileSync(script, text);
}
