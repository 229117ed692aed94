//! The use cases behind every command of the window: servers and sign-in, browsing, uploads, downloads,
//! settings. Knows no window: what it needs of the program around it is the small [`Host`] trait.
//!
//! [`AppCore`] implements [`sifter_contract::Api`]. The desktop shell, the development bridge and the
//! command line each start one and add a host.

mod api;
mod app;
mod bundles;
mod clipboard;
mod clock;
mod command_line;
mod compare;
mod downloads;
mod errors;
mod events;
mod files;
mod hashing;
mod home;
mod host;
mod image;
mod inspect;
mod keys;
mod library;
mod links;
mod logging;
mod manners;
mod names;
mod network;
mod pages;
mod provider_clients;
mod redact;
mod reminders;
mod remote_image;
mod search;
mod servers;
mod settings;
mod sif_tool;
mod sign_in;
mod signatures;
mod system;
mod tokens;
mod transfers;
mod tuning;
mod uploads;
mod vault;

pub use app::{AppCore, CoreConfig, Secrets, StartError};
pub use downloads::Target;
pub use events::EventStream;
pub use files::OwnFileError;
pub use home::{HOME_VARIABLE, Home};
pub use host::{
    BoxFuture, Host, Notice, Progress, Reminder, RevokedSigner, StayAwake, open_in_system_browser,
};
pub use image::{ImageReport, ObjectReport, read_image};
pub use inspect::Medium;
pub use links::Reference;
pub use logging::{LogGuard, start_log};
pub use remote_image::RemoteImage;
pub use servers::LOCAL_ID;
pub use settings::SettingsError;
pub use sif_tool::{NewObject, Placement, SifTool, SifToolError};
pub use sifter_account::command_line::Places as CommandLinePlaces;
pub use sifter_library_client::http::DesktopProxies;
pub use sifter_sif::{Inspection, Sections};
pub use sifter_signing::openpgp::RevocationReason;
pub use signatures::{
    Bundle, BundleRequest, BundleStep, CertificateFiles, ControlCheck, ControlError, ImportReport,
    KeyDesk, NewKeyRequest, SignRequest, Signatures, VerifyRequest,
};
pub use tuning::Tuning;
