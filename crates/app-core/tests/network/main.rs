//! The way to a server: certificates, proxies, addresses, and what a diagnosis says of each. Against the real
//! library behind real TLS, and real proxies.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop where it stands"
)]

mod addresses;
mod diagnosis;
#[path = "../support/disk.rs"]
mod disk;
mod proxy;
mod stage;
mod trust;
