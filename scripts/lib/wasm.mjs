/**
 * Rust to www/pkg/: cargo compiles, wasm-bindgen writes the JavaScript around the module, wasm-opt shrinks it.
 */

import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bin } from './npm.mjs';
import { at, pkg } from './project.mjs';
import { must } from './run.mjs';
import { wasmCompiler } from './rust.mjs';
import { note, seconds } from './say.mjs';
import { fingerprint } from './stamp.mjs';

/** All that decides what is in www/pkg. */
const INPUTS = [
  'Cargo.toml',
  'Cargo.lock',
  '.cargo/config.toml',
  'src',
  'tools/bindgen/Cargo.toml',
  'tools/bindgen/src',
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

/** @param {import('./rust.mjs').Compiler} compiler */
async function compile(compiler) {
  note('wasm: compiling');
  const args = ['build', '--lib', '--profile', 'wasm', '--target', 'wasm32-unknown-unknown'];
  await must('Compiling to wasm', compiler.cargo, [...args, '--target-dir', TARGET_DIR], {
    // Flags from the environment would replace those of .cargo/config.toml, which the module cannot do without.
    env: { ...compiler.env, RUSTFLAGS: undefined, CARGO_ENCODED_RUSTFLAGS: undefined },
  });
}

async function bindgen() {
  note('wasm: writing its JavaScript');
  const module = join(TARGET_DIR, 'wasm32-unknown-unknown', 'wasm', 'ledgerscope.wasm');
  await must('wasm-bindgen', 'cargo', ['run', '-p', 'ledgerscope-bindgen', '--', module, pkg]);
}

async function shrink() {
  note('wasm: optimising');
  const [program, script] = bin('binaryen/bin/wasm-opt');
  const module = join(pkg, 'ledgerscope_bg.wasm');
  const flags = FEATURES.map((feature) => `--enable-${feature}`);
  const args = ['-Oz', '--strip-debug', '--strip-producers', ...flags];
  await must('wasm-opt', program, [script, module, ...args, '-o', module]);
}
