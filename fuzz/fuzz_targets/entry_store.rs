#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| ledgerscope_fuzz::entry_store(bytes));
