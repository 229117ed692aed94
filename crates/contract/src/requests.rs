//! Request bodies of the commands: one struct per command that takes arguments.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    ClashPolicy, CommandProgram, KeyPlace, LibraryPath, Passphrase, RevocationCause, SearchScope,
    SignInHow, SignWith, UploadItem,
};

macro_rules! requests {
    ($($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty),* $(,)? })*) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
            #[serde(rename_all = "camelCase", deny_unknown_fields)]
            pub struct $name { $($(#[$field_doc])* pub $field: $type),* }
        )*

        /// Adds every request type to the TypeScript rendering.
        pub(crate) fn render(config: &ts_rs::Config, out: &mut Vec<String>) {
            $(out.push(crate::typescript::declaration::<$name>(config));)*
        }
    };
}

requests! {
    /// Names a server.
    ServerRef {
        /// The server.
        server_id: String,
    }
    /// Connects a server.
    ServerConnect {
        /// A host, a URL or a pasted link.
        address: String,
        /// Accept a server without encryption, after a warning. Loopback needs no consent.
        allow_http: bool,
    }
    /// Begins a sign-in.
    SignInStart {
        /// The server.
        server_id: String,
        /// Where the person signs in.
        how: SignInHow,
        /// As somebody else than who is signed in there, beside them.
        another: bool,
        /// The provider to go to at once, one of those the server's view names. Without one the person chooses in the
        /// browser; a code for another device takes no account of it.
        #[ts(optional)] provider: Option<String>,
        /// What the sign-in has to allow beside what it allows now, where a server has said so: the `scopes` of
        /// `scope_missing`, separated by blanks. Without it the server decides.
        #[ts(optional)] scopes: Option<String>,
    }
    /// Names a sign-in attempt.
    SignInRef {
        /// The attempt.
        sign_in_id: String,
    }
    /// Names an account.
    AccountRef {
        /// The account.
        account_id: String,
    }
    /// Names a token that was made on a server.
    TokenRef {
        /// The server.
        server_id: String,
        /// The token.
        token_id: String,
    }
    /// Makes a token.
    TokenMake {
        /// The server.
        server_id: String,
        /// What to call it, 1 to 100 characters.
        name: String,
        /// How many days it is good for, at most 3660; without end if not given.
        days: Option<u32>,
        /// It can fetch and not send.
        read_only: bool,
    }
    /// Hands an account to a command line.
    CommandWrite {
        /// The account.
        account_id: String,
        /// The program.
        program: CommandProgram,
        /// Make its server the one that the program uses when none is named.
        activate: bool,
    }
    /// Imports one item.
    ImportTake {
        /// The item.
        item_id: String,
        /// Accept a server without encryption, after a warning. Loopback needs no consent.
        allow_http: bool,
    }
    /// Names an entity.
    EntityRef {
        /// The server.
        server_id: String,
        /// The entity.
        entity: String,
    }
    /// Names a collection.
    CollectionRef {
        /// The server.
        server_id: String,
        /// The entity.
        entity: String,
        /// The collection.
        collection: String,
    }
    /// Names a container.
    ContainerRef {
        /// The server.
        server_id: String,
        /// The container.
        path: LibraryPath,
    }
    /// Names one image by tag or `sha256.<hex>`.
    ImageRef {
        /// The server.
        server_id: String,
        /// The container.
        path: LibraryPath,
        /// Tag or digest.
        tag: String,
        /// Architecture.
        arch: String,
    }
    /// Searches.
    Search {
        /// At least three characters.
        text: String,
        /// Where.
        scope: SearchScope,
    }
    /// A text a person pasted or typed.
    LinkText {
        /// The text.
        text: String,
    }
    /// Copies a text to the clipboard.
    CopyText {
        /// The text.
        text: String,
    }
    /// Opens a page in the browser; only https, and only what a connected server or the manual names.
    OpenPage {
        /// The page.
        url: String,
    }
    /// A path a person pasted; Rust reads it as if it had been dropped.
    FilePath {
        /// The path.
        path: String,
    }
    /// Names an upload sheet.
    SheetRef {
        /// The sheet.
        sheet_id: String,
    }
    /// The filled-in upload sheet: asked for its plan while typing, then started.
    Upload {
        /// The sheet.
        sheet_id: String,
        /// The server.
        server_id: String,
        /// One item per file that is to be sent.
        items: Vec<UploadItem>,
        /// Sign the files before they are sent. The plan needs no passphrase.
        #[serde(default)] #[ts(optional)] sign: Option<SignWith>,
    }
    /// Names a file that has been opened.
    FileRef {
        /// The file.
        file_id: String,
    }
    /// Names a file of an upload sheet.
    SheetFile {
        /// The sheet.
        sheet_id: String,
        /// The file.
        file_id: String,
    }
    /// Names two images that have been opened.
    Compare {
        /// The one that is there already, so to speak.
        left: String,
        /// The one that it is compared with.
        right: String,
    }
    /// Names a place in the file system of an image that has been opened.
    FilePlace {
        /// The file.
        file_id: String,
        /// The path inside, from the root: `/usr/bin`.
        path: String,
    }
    /// Names an object in an image that has been opened.
    FileObject {
        /// The file.
        file_id: String,
        /// Its id.
        object: u32,
    }
    /// Signs a file that has been opened.
    FileSign {
        /// The file.
        file_id: String,
        /// The key.
        with: SignWith,
    }
    /// Names a key.
    KeyRef {
        /// Fingerprint of its primary key.
        fingerprint: String,
    }
    /// Makes a key.
    KeyMake {
        /// Its name, usually `Name <address>`.
        name: String,
        /// RSA with 4096 bits instead of Ed25519.
        rsa: bool,
        /// In how many days it ends, at most 3660; without end if not given.
        days: Option<u32>,
        /// What protects it.
        #[ts(type = "string | null")] passphrase: Option<Passphrase>,
        /// Keep the passphrase in the keychain.
        keep: bool,
    }
    /// Writes a key to a file that the person chooses.
    KeyExport {
        /// Fingerprint of its primary key.
        fingerprint: String,
        /// The secret part, as a backup.
        secret: bool,
    }
    /// Puts a key into the keyrings of a command-line tool.
    KeyLend {
        /// Fingerprint of its primary key.
        fingerprint: String,
        /// The tool.
        tool: KeyPlace,
        /// Whether the secret part goes there too, so that the tool can sign.
        secret: bool,
    }
    /// Takes a key back.
    KeyRevoke {
        /// Fingerprint of its primary key.
        fingerprint: String,
        /// Why.
        cause: RevocationCause,
        /// What opens it.
        #[ts(type = "string | null")] passphrase: Option<Passphrase>,
    }
    /// Gives a key another end.
    KeyExpiry {
        /// Fingerprint of its primary key.
        fingerprint: String,
        /// In how many days it ends, at most 3660; without end if not given.
        days: Option<u32>,
        /// What opens it.
        #[ts(type = "string | null")] passphrase: Option<Passphrase>,
    }
    /// Completes a destination.
    Destination {
        /// The server.
        server_id: String,
        /// What has been typed: `ada/gen`.
        text: String,
    }
    /// Starts a download.
    Download {
        /// The image.
        image: ImageRef,
        /// What to do when the name is taken.
        clash: ClashPolicy,
    }
    /// Opens the vault file.
    VaultPassphrase {
        /// What the person has typed. It goes nowhere but here.
        #[ts(type = "string")] passphrase: Passphrase,
    }
    /// Names a transfer.
    TransferRef {
        /// The transfer.
        transfer_id: String,
    }
    /// Asks for the report of a transfer.
    TransferReport {
        /// The transfer.
        transfer_id: String,
        /// What the window says about it; may be empty.
        said: String,
    }
    /// Moves a waiting transfer.
    TransferMove {
        /// The transfer.
        transfer_id: String,
        /// New place in the queue, from 0.
        position: u32,
    }
}
