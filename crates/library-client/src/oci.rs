//! The registry behind a library: images as OCI artifacts, for libraries that offer it.
//!
//! A library says where its registry is, under which name a container lies there and which token to
//! use (Cloud Library protocol, "oci-redirect"). From then on the registry is spoken to with the OCI
//! distribution protocol: a SIF is one blob, described by a config and a manifest, and a tag is an
//! index with one manifest for each architecture.
//!
//! The token is good for the registry only. It goes to the registry's origin and nowhere else: not
//! along a redirect to a storage, and never from https to plain http. Unlike the official client, which
//! asks anonymously first and repeats every refused request, it is sent at once: that is what it was
//! handed out for, and a registry that answers 404 to strangers is understood as well. When it is
//! refused, the library is asked for another one, once for each request.

mod digest;
mod image;
mod index;
mod manifest;
mod offer;
mod repository;
mod upload;

pub use digest::{Digest, DigestError};
pub use image::{SifImage, StoredImage};
pub use offer::OciAccess;
pub use repository::OciRepository;
pub use upload::BlobUpload;
