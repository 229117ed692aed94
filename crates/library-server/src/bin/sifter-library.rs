//! `sifter-library`: a library for a team, without the app.

fn main() {}
