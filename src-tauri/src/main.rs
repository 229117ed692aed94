fn main() { sifter::run(); }
