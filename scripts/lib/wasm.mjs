/**
 * Rust to www/pkg/: cargo compiles, wasm-bindgen writes the JavaScript around the module, wasm-opt shrinks it.
 */

import {
  appendFileSync,
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
import { at, pkg } from './project.mjs';
import { ask, must } from './run.mjs';
import { wasmCompiler } from './rust.mjs';
import { StepFailed, note, seconds } from './say.mjs';
import { fingerprint } from './stamp.mjs';

/** All that decides what is in www/pkg. */
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

const OUTPUT = ['ledgerscope.js', 'ledgerscope.d.ts', 'ledgerscope_bg.wasm'];

/** @typedef {{ inputs: string, optimised: boolean }} Stamp */

const stampFile = join(pkg, 'stamp.json');

/** @returns {Stamp | null} */
function readStamp() {
  if (![...OUTPUT, 'stamp.json'].every((name) => existsSync(join(pkg, name)))) return null;
  try {
    return JSON.parse(readFileSync(stampFile, 'utf8'));
  } catch {
    return null;
  }
}

const kilobytes = () => `${(statSync(join(pkg, 'ledgerscope_bg.wasm')).size / 1024).toFixed(1)} KB`;

/**
 * Brings www/pkg up to date.
 *
 * @param {{ optimise: boolean }} how with wasm-opt, for what is published, or without, for quick changes
 * @returns {Promise<boolean>} false: it was up to date
 */
export async function ensureWasm({ optimise }) {
  const compiler = await wasmCompiler();
  const inputs = fingerprint(INPUTS, compiler.version);
  const stamp = readStamp();
  // An optimised module serves everybody.
  if (stamp?.inputs === inputs && (stamp.optimised || !optimise)) {
    note(`wasm: up to date, ${kilobytes()}`);
    return false;
  }

  const start = performance.now();
  // The stamp goes first: what is interrupted from here on is not taken for whole.
  rmSync(stampFile, { force: true });
  mkdirSync(pkg, { recursive: true });
  if (stamp?.inputs !== inputs) {
    await compile(compiler);
    await bindgen();
  }
  if (optimise) await shrink();
  writeFileSync(stampFile, `${JSON.stringify({ inputs, optimised: optimise })}\n`);
  note(`wasm: built in ${seconds(start)}, ${kilobytes()}`);
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

/** @param {import('./rust.mjs').Compiler} compiler */
async function compile(compiler) {
  note('wasm: compiling');
  const target = 'wasm32-unknown-unknown';
  const args = ['build', '--lib', '--profile', 'wasm', '--target', target, '--target-dir', TARGET_DIR];
  // Beside those of .cargo/config.toml.
  const flags = ['--config', `target.${target}.rustflags=${JSON.stringify(unlocated(compiler))}`];
  await must('Compiling to wasm', compiler.cargo, [...args, ...flags], {
    // Flags from the environment would replace all these, which the module cannot do without.
    env: { ...compiler.env, RUSTFLAGS: undefined, CARGO_ENCODED_RUSTFLAGS: undefined, ...UNSTABLE },
  });
}

/** Where the module's memory is, whatever its exports are called after they have been shortened. */
const MEMORY = {
  'ledgerscope.js': 'export const memory = () => wasm.memory;\n',
  'ledgerscope.d.ts': 'export function memory(): WebAssembly.Memory;\n',
};

async function bindgen() {
  note('wasm: writing its JavaScript');
  const module = join(TARGET_DIR, 'wasm32-unknown-unknown', 'wasm', 'ledgerscope.wasm');
  await must('wasm-bindgen', 'cargo', ['run', '-p', 'ledgerscope-bindgen', '--', module, pkg]);
  for (const [name, more] of Object.entries(MEMORY)) appendFileSync(join(pkg, name), more);
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

async function shrink() {
  note('wasm: optimising');
  const [program, script] = bin('binaryen/bin/wasm-opt');
  const module = join(pkg, 'ledgerscope_bg.wasm');
  const flags = FEATURES.map((feature) => `--enable-${feature}`);
  const args = [...SMALL, '--strip-debug', '--strip-producers', ...flags];
  await must('wasm-opt', program, [script, module, ...args, '-o', module]);
  writeFileSync(module, nameByLikeness(readFileSync(module)));
  const names = ask(program, [
    script,
    module,
    ...flags,
    '--reorder-functions-by-name',
    '--strip-debug',
    '--minify-imports-and-exports-and-modules',
    '-o',
    module,
  ]);
  if (!names) throw new StepFailed('wasm-opt');
  shortenNames(JSON.parse(names));
}

/**
 * Writes the names that wasm-opt has given to the module's imports and exports into the JavaScript around it. The long
 * and hashed ones of wasm-bindgen weigh 1.6 KB gzipped on both sides together.
 *
 * @param {{ imports: [from: string, name: string, short: string][], exports: [name: string, short: string][] }} names
 */
function shortenNames({ imports, exports }) {
  const file = join(pkg, 'ledgerscope.js');
  const wasm = new WebAssembly.Module(readFileSync(join(pkg, 'ledgerscope_bg.wasm')));
  const [{ module }] = WebAssembly.Module.imports(wasm);
  const inward = new Map(imports.map(([, name, short]) => [name, short]));
  const outward = new Map(exports);
  const text = readFileSync(file, 'utf8')
    .replace('"./ledgerscope_bg.js": import0', `${JSON.stringify(module)}: import0`)
    .replace(/\b__wb\w+(?=: function)/g, (name) => inward.get(name) ?? name)
    .replace(/\bwasm\.(\w+)/g, (all, name) => (outward.has(name) ? `wasm.${outward.get(name)}` : all));
  writeFileSync(file, text);
}
