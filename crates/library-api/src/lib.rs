//! The Cloud Library's vocabulary: references, wire models, the error envelope, image ids. No I/O.
//!
//! Both sides of the wire use this crate: `sifter-library-client` reads and writes these models as a
//! client, `sifter-library-server` as a server, so a wire field has exactly one definition. Models are
//! tolerant when they are read (`null`, a missing key and an unknown key are all fine) and exact when
//! they are written (the keys, the order and the zero values that the official Go clients send).
//!
//! * [`name`], [`arch`], [`hash`], [`id`]: the small words, checked and bounded.
//! * [`reference`](mod@reference): `library://…` references; [`link`]: what people paste into a search field.
//! * [`model`]: entity, collection, container, image; [`tags`], [`search`], [`upload`]: calls and answers.
//! * [`service`]: discovery document, version, token status, current user; [`tokens`]: access tokens.
//! * [`envelope`]: `{data}` and `{error:{code,message}}`; [`wire_time`]: RFC 3339 with Go's zero time.
//! * [`extensions`]: routes beyond the Cloud Library API, as Hinkskalle and the local library serve them.

pub mod arch;
pub mod envelope;
pub mod extensions;
pub mod hash;
pub mod host;
pub mod id;
mod lenient;
pub mod link;
pub mod model;
pub mod name;
pub mod reference;
pub mod search;
pub mod service;
pub mod tags;
pub mod tokens;
pub mod upload;
pub mod wire_time;

pub use arch::Arch;
pub use envelope::{ApiError, Envelope, Page};
pub use hash::ImageHash;
pub use host::Host;
pub use id::{CollectionId, ContainerId, EntityId, ImageId};
pub use link::LinkInput;
pub use model::{Collection, Container, Entity, Image, Stamps};
pub use name::{CollectionName, ContainerName, EntityName, NameError, Tag};
pub use reference::{ContainerPath, LibraryRef, PushRef, RefError, Target};
pub use tokens::{AccessTokenInfo, MadeAccessToken, NewAccessToken};
pub use wire_time::WireTime;
