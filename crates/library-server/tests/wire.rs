//! The library over loopback, as clients of the field speak to it.

#[path = "wire/access.rs"]
mod access;
#[path = "wire/download.rs"]
mod download;
#[path = "wire/fixture.rs"]
mod fixture;
#[path = "wire/multipart.rs"]
mod multipart;
#[path = "wire/rows.rs"]
mod rows;
#[path = "wire/service.rs"]
mod service;
#[path = "wire/single.rs"]
mod single;
