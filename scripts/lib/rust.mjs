/**
 * Which Rust compiles what.
 *
 * Native code is always compiled by the cargo on the path. For wasm that one serves too once it has the target. Where
 * it cannot be had, because rustup does not reach its server, Debian's `rustc-web` stands in: it carries the source of
 * its standard library, so cargo can build that for wasm without downloading anything.
 */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ask, run } from './run.mjs';
import { canInstall, install } from './apt.mjs';
import { Missing, note } from './say.mjs';

const TARGET = 'wasm32-unknown-unknown';

/**
 * @typedef {object} Compiler
 * @property {string} cargo
 * @property {string} version all that decides whether its output is the same
 * @property {NodeJS.ProcessEnv} env
 */

export function ensureCargo() {
  if (ask('cargo', ['--version']) === null) {
    throw new Missing('Rust is missing: there is no `cargo` on the path.', [
      "install Rust's stable toolchain with rustup: https://rustup.rs",
    ]);
  }
}

/** @returns {Compiler | null} the cargo on the path, if it has the target */
function usual() {
  const version = ask('rustc', ['-vV']);
  const libraries = ask('rustc', ['--print', 'target-libdir', '--target', TARGET]);
  if (version === null || libraries === null || !existsSync(libraries)) return null;
  return { cargo: 'cargo', version, env: {} };
}

const DEBIAN_RUSTC = '/usr/bin/rustc';
const DEBIAN_CARGO = '/usr/bin/cargo';
const DEBIAN_PACKAGES = ['rustc-web', 'cargo-web', 'rust-web-src', 'rust-web-llvm'];

/** The linker's package carries the number of the LLVM that this rustc was made with. @param {string} version */
const lld = (version) => `lld-${/^LLVM version: (\d+)/m.exec(version)?.[1] ?? ''}`;

/** @returns {Compiler | null} Debian's Rust with the source of its standard library, if it is complete */
function debian() {
  if (!existsSync(DEBIAN_RUSTC) || !existsSync(DEBIAN_CARGO)) return null;
  const version = ask(DEBIAN_RUSTC, ['-vV']);
  const sysroot = ask(DEBIAN_RUSTC, ['--print', 'sysroot']);
  if (version === null || sysroot === null) return null;
  if (!existsSync(join(sysroot, 'lib/rustlib/src/rust/library/Cargo.toml'))) return null;
  if (ask(lld(version).replace('lld', 'wasm-ld'), ['--version']) === null) return null;
  return {
    cargo: DEBIAN_CARGO,
    version,
    env: {
      RUSTC: DEBIAN_RUSTC,
      // build-std is asked for by an unstable setting; this lets a stable compiler accept it. Our own code does not
      // use unstable features: everybody else compiles it with a compiler that would refuse them.
      RUSTC_BOOTSTRAP: '1',
      CARGO_UNSTABLE_BUILD_STD: 'std,panic_abort',
      // 1.7 KB less after compression: shorter ways to sort and to print numbers, and we do little of either.
      CARGO_UNSTABLE_BUILD_STD_FEATURES: 'optimize_for_size',
    },
  };
}

async function installDebian() {
  note(`using Debian's Rust for ${TARGET} instead`);
  if (!(await install(DEBIAN_PACKAGES))) return null;
  const version = ask(DEBIAN_RUSTC, ['-vV']);
  if (version === null || !(await install([lld(version)]))) return null;
  return debian();
}

async function addTarget() {
  if (ask('rustup', ['--version']) === null) return null;
  note(`adding Rust's ${TARGET} target`);
  await run('rustup', ['target', 'add', TARGET], {
    timeoutMs: 300_000,
    // Its message says enough; a trace would bury it.
    env: { RUST_BACKTRACE: undefined },
  });
  return usual();
}

/** @returns {Promise<Compiler>} one that can compile for the browser; installed if need be */
export async function wasmCompiler() {
  ensureCargo();
  const found = usual() ?? debian() ?? (await addTarget()) ?? (canInstall() ? await installDebian() : null);
  if (found) return found;
  throw new Missing(`Rust's ${TARGET} target is missing and could not be installed.`, [
    `rustup target add ${TARGET} (needs a network that reaches rustup's server)`,
    `on Debian, as root: apt-get install --no-install-recommends ${DEBIAN_PACKAGES.join(' ')}, ` +
      `then the lld-NN of the LLVM version that ${DEBIAN_RUSTC} -vV names`,
  ]);
}
