#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| sifter_fuzz::received_keys(bytes));
