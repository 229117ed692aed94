//! What a window may ask of Sifter and what it may hear back: commands, views, events, errors.
//!
//! This is the only place where the wire between the window and the Rust side is defined. The shell, the
//! development bridge and the command list of Tauri's access control are all made from [`COMMANDS`]; the
//! window's TypeScript is made from the same types by [`typescript::render`]. Nothing here does I/O, and
//! no type here can carry a token: secrets never cross this line. The one that a person types into the window,
//! a [`Passphrase`], goes towards Rust only.

mod accounts;
mod addresses;
mod bounds;
mod bundles;
mod commands;
mod compare;
mod diagnosis;
mod error;
mod events;
mod inspect;
mod keys;
mod library;
mod network;
mod providers;
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
pub use addresses::{ServerAddresses, ServerAddressesSet, ServiceAddress, ServiceKind};
pub use bundles::{BundlePhase, BundlePlace, BundleRef, BundleStart, BundleView};
pub use commands::{Api, COMMANDS, Nothing, dispatch};
pub use compare::{
    ChangeKind, ComparedImage, ComparisonView, DiffLine, KindSizes, LineKind, ObjectChange,
    ObjectChanges, SoftwareComparison, SoftwareLists, TextChange, TextChanges, ValueChange,
    ValueChanges,
};
pub use diagnosis::{
    Check, CheckKind, CheckOutcome, Diagnose, DiagnosedHost, DiagnosisRef, DiagnosisView, Seen,
    SkipReason,
};
pub use error::{ErrorCode, Param, Retry, UiError};
pub use events::{AppEvent, DropPhase};
pub use inspect::{
    FileEntry, FileEntryKind, FileListing, FileOrigin, ImageObject, InspectionView, NamedText,
    ObjectKind, RemotePlace,
};
pub use keys::{
    FoundKey, KeyFetch, KeyPublication, KeyPublish, KeySearch, KeyServer, KeyServerRef, KeyServers,
    KeyServersSet, KeysFound, KeysRechecked, PublishPlace, PublishPlan, RevokedKey, SignedDownload,
    SilentKeyServer,
};
pub use library::{
    ArchColumn, CollectionPage, CollectionRow, CommandFlavour, ContainerPage, ContainerRow,
    EntityPage, EntityRow, ImageCell, LibraryPath, LinkTarget, SearchHit, SearchPage, SearchScope,
    TagRow,
};
pub use network::{
    AuthorityRef, CertificateQuestion, CertificateView, NetworkView, ProxyKind, ProxyMode,
    ProxyPassword, ProxySettings, ShownCertificate, TrustedHost, TrustedHostRef,
};
pub use providers::{ProviderClient, ProviderClientRef, ProviderClientSet, ProviderSecret};
pub use servers::{
    AccountView, Capabilities, KeychainState, Quota, ServerKind, ServerState, ServerView,
    SignInCode, SignInHow, SignInPhase, SignInProvider, SignInProviderKind, SignInView, SignInWay,
    Storage, TokenOwner, VaultState,
};
pub use settings::{AppView, LimitHours, SettingsPatch, SettingsView, SpeedLimits, Theme};
pub use signatures::{
    CheckedContents, FileCheck, KeyLent, KeyList, KeyPlace, KeyRow, KeyStanding, KeyTrust, KeyView,
    KeysImported, Passphrase, RevocationCause, SavedFile, SignWith, SignatureForm, SignatureView,
    SignedView, SignerView, Verdict, VerdictReason, VerificationView,
};
pub use transfers::{
    CapabilityNote, ClashPolicy, Direction, DoneHow, DownloadPlan, LinkCheck, Parts, Phase,
    TransferList, TransferView,
};
pub use uploads::{
    DraftFile, DraftSheet, ImageFacts, TagEffect, UploadItem, UploadItemPlan, UploadPlan,
};

pub mod requests;
