//! The client on the wire, against small servers that answer what each test says.

#![expect(clippy::unwrap_used, reason = "a test may stop where it stands")]

mod bearer;
mod browse;
mod discovery;
mod oci;
mod oci_images;
mod proxy;
mod pull;
mod push;
mod registry;
mod rows;
mod stage;
mod tls;
