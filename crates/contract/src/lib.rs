//! What a window may ask of Sifter and what it may hear back: commands, views, events, errors.
//!
//! This is the only place where the wire between the window and the Rust side is defined. The shell, the
//! development bridge and the command list of Tauri's access control are all made from [`COMMANDS`]; the
//! window's TypeScript is made from the same types by [`typescript::render`]. Nothing here does I/O, and
//! no type here can carry a token: secrets never cross this line.

mod accounts;
mod commands;
mod error;
mod events;
mod library;
mod servers;
mod settings;
mod signatures;
mod transfers;
pub mod typescript;
mod uploads;

pub use accounts::{
    CommandDone, CommandPlan, CommandProgram, CommandTarget, Ending, ImportItem, ImportList,
    ImportSource, ImportTrouble, TokenList, TokenRow,
};
pub use commands::{Api, COMMANDS, Nothing, dispatch};
pub use error::{ErrorCode, Param, Retry, UiError};
pub use events::{AppEvent, DropPhase};
pub use library::{
    ArchColumn, CollectionPage, CollectionRow, CommandFlavour, ContainerPage, ContainerRow,
    EntityPage, EntityRow, ImageCell, LibraryPath, LinkTarget, SearchHit, SearchPage, SearchScope,
    TagRow,
};
pub use servers::{
    AccountView, Capabilities, KeychainState, Quota, ServerKind, ServerState, ServerView,
    SignInCode, SignInHow, SignInPhase, SignInProvider, SignInProviderKind, SignInView, SignInWay,
    Storage,
};
pub use settings::{AppView, LimitHours, SettingsPatch, SettingsView, SpeedLimits, Theme};
pub use signatures::{
    KeyPlace, KeyStanding, KeyView, SignatureForm, SignatureView, SignedView, Verdict,
    VerificationView,
};
pub use transfers::{
    CapabilityNote, ClashPolicy, Direction, DoneHow, DownloadPlan, LinkCheck, Parts, Phase,
    TransferList, TransferView,
};
pub use uploads::{
    DraftFile, DraftSheet, ImageFacts, TagEffect, UploadItem, UploadItemPlan, UploadPlan,
};

pub mod requests;
