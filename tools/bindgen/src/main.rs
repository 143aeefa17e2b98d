//! Writes the JavaScript side of a wasm-bindgen module: `ledgerscope-bindgen <module.wasm> <folder>`.
//!
//! The generator must be of exactly the version of the `wasm-bindgen` crate that the module was built with. As a
//! library in this workspace it is: one `Cargo.lock` names both, and nobody has to install a tool by hand.

use std::{env, path::PathBuf, process::ExitCode};

use wasm_bindgen_cli_support::{Bindgen, EncodeInto};

fn main() -> ExitCode {
    let arguments: Vec<PathBuf> = env::args_os().skip(1).map(PathBuf::from).collect();
    let [module, folder] = arguments.as_slice() else {
        eprintln!("usage: ledgerscope-bindgen <module.wasm> <folder>");
        return ExitCode::from(2);
    };
    // The page hands the module's address to `init` itself, because only the bundler knows it; without the default
    // path the bundler does not see a second, unused reference to the file. `encodeInto` is older than all else we need.
    let written = Bindgen::new()
        .input_path(module)
        .web(true)
        .map(|bindgen| {
            bindgen.typescript(true).omit_default_module_path(true).encode_into(EncodeInto::Always)
        })
        .and_then(|bindgen| bindgen.generate(folder));
    match written {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("ledgerscope-bindgen: {error:?}");
            ExitCode::FAILURE
        }
    }
}
