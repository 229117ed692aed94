//! The table of commands. From it come the [`Api`] trait that `app-core` implements, the list for Tauri's
//! access control, the bridge's dispatcher and the window's TypeScript.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::requests::{
    AccountRef, CollectionRef, CommandWrite, Compare, ContainerRef, CopyText, Destination,
    Download, EntityRef, FileObject, FilePath, FilePlace, FileRef, FileSign, ImageRef, ImportTake,
    KeyExpiry, KeyExport, KeyLend, KeyMake, KeyRef, KeyRevoke, LinkText, OpenPage, Search,
    ServerConnect, ServerRef, SheetFile, SheetRef, SignInRef, SignInStart, TokenMake, TokenRef,
    TransferMove, TransferRef, TransferReport, Upload, VaultPassphrase,
};
use crate::{
    AppView, CollectionPage, CommandDone, CommandPlan, ComparisonView, ContainerPage, DownloadPlan,
    DraftSheet, EntityPage, EntityRow, ErrorCode, FileCheck, FileListing, ImportList,
    InspectionView, KeyLent, KeyList, KeyView, KeysImported, LinkTarget, SavedFile, SearchPage,
    ServerView, SettingsPatch, SettingsView, SignInView, SignedView, TokenList, TokenRow,
    TransferList, UiError, UploadPlan, VerificationView,
};
use crate::{
    AuthorityRef, CertificateQuestion, Diagnose, DiagnosisRef, DiagnosisView, NetworkView,
    ProxyPassword, ProxySettings, ServerAddresses, ServerAddressesSet, ShownCertificate,
    TrustedHostRef,
};
use crate::{BundlePlace, BundleRef, BundleStart, BundleView};
use crate::{
    KeyFetch, KeyPublication, KeyPublish, KeySearch, KeyServerRef, KeyServers, KeyServersSet,
    KeysFound, KeysRechecked, PublishPlan,
};
use crate::{ProviderClient, ProviderClientRef, ProviderClientSet, TokenOwner};

/// The request of a command without arguments, and the answer of one without a result.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

macro_rules! commands {
    ($($(#[$doc:meta])* $name:ident($request:ty) -> $response:ty;)*) => {
        /// Every command a window may call, `app_watch` (the event stream) included.
        pub const COMMANDS: &[&str] = &["app_watch", $(stringify!($name)),*];

        /// What a window may ask. Each call returns within 50 ms or reports through the event stream,
        /// except those that wait for a server, which can be dropped at any time.
        pub trait Api: Send + Sync + 'static {
            $($(#[$doc])*
            fn $name(&self, request: $request) -> impl Future<Output = Result<$response, UiError>> + Send;)*
        }

        /// Runs the command `name` with a JSON body, for hosts that speak JSON.
        ///
        /// # Errors
        /// `invalid_request` when there is no such command or the body does not fit, else what the command says.
        pub async fn dispatch<A: Api>(api: &A, name: &str, body: serde_json::Value) -> Result<serde_json::Value, UiError> {
            if !crate::bounds::fits(&body) {
                return Err(UiError::new(ErrorCode::InvalidRequest).with("command", name));
            }
            match name {
                $(stringify!($name) => {
                    let request: $request = serde_json::from_value(body).map_err(|error| invalid(&error))?;
                    let response = api.$name(request).await?;
                    serde_json::to_value(response).map_err(|error| invalid(&error))
                })*
                _ => Err(UiError::new(ErrorCode::InvalidRequest).with("command", name)),
            }
        }

        /// The rows of the `Commands` map in TypeScript.
        pub(crate) fn typescript_rows(config: &ts_rs::Config) -> Vec<String> {
            vec![$(format!(
                "  {}: [{}, {}];",
                stringify!($name),
                <$request as TS>::name(config),
                <$response as TS>::name(config),
            )),*]
        }
    };
}

fn invalid(error: &serde_json::Error) -> UiError {
    UiError::new(ErrorCode::InvalidRequest).details(error.to_string())
}

commands! {
    /// What the window needs to draw its frame.
    app_state(Nothing) -> AppView;
    /// Opens a page in the browser.
    app_open_page(OpenPage) -> Nothing;
    /// Copies a text to the clipboard.
    app_copy(CopyText) -> Nothing;
    /// Shows Sifter's data folder in the file manager.
    app_show_data_folder(Nothing) -> Nothing;
    /// Understands a pasted link, path or word.
    app_understand(LinkText) -> LinkTarget;

    /// The settings.
    settings_get(Nothing) -> SettingsView;
    /// Changes settings.
    settings_set(SettingsPatch) -> SettingsView;
    /// Lets the person choose the download folder in a native dialog.
    settings_choose_folder(Nothing) -> SettingsView;

    /// The connected servers; answers from memory.
    server_list(Nothing) -> Vec<ServerView>;
    /// Finds out what is at an address and remembers it.
    server_connect(ServerConnect) -> ServerView;
    /// Asks a server again how it is and what it can do.
    server_refresh(ServerRef) -> ServerView;
    /// Forgets a server and signs out of it.
    server_remove(ServerRef) -> Nothing;
    /// Starts the local library.
    server_start_local(Nothing) -> ServerView;
    /// Stops the local library.
    server_stop_local(Nothing) -> ServerView;

    /// Where the services of a server are.
    server_addresses(ServerRef) -> ServerAddresses;
    /// Says where the services of a server are, once each was found to answer there, and asks the server again.
    server_set_addresses(ServerAddressesSet) -> ServerAddresses;

    /// Finds out what is wrong with a server; reports through the event stream. One at a time.
    diagnosis_start(Diagnose) -> DiagnosisView;
    /// Stops finding out.
    diagnosis_stop(DiagnosisRef) -> Nothing;
    /// Copies what was found, for somebody who helps. It holds no secret.
    diagnosis_copy_report(DiagnosisRef) -> Nothing;

    /// How other machines are reached.
    network_get(Nothing) -> NetworkView;
    /// Sets the proxy; it counts from the next request on.
    network_set_proxy(ProxySettings) -> NetworkView;
    /// Keeps the password for the proxy that is set, in the keychain.
    network_set_password(ProxyPassword) -> NetworkView;
    /// Forgets it.
    network_forget_password(Nothing) -> NetworkView;
    /// Adds the certificate authorities of a file that the person chooses in a native dialog.
    network_add_authority(Nothing) -> NetworkView;
    /// Believes an added authority no longer.
    network_remove_authority(AuthorityRef) -> NetworkView;
    /// Believes the certificate that was accepted for a host no longer.
    network_forget_host(TrustedHostRef) -> NetworkView;
    /// What is known of a certificate that was refused.
    certificate_show(ShownCertificate) -> CertificateQuestion;
    /// Accepts exactly that certificate, for that host only.
    certificate_trust(ShownCertificate) -> NetworkView;

    /// What Sifter is called at the identity providers: Google, GitHub, GitLab and Microsoft.
    provider_clients(Nothing) -> Vec<ProviderClient>;
    /// Sets what Sifter is called at one. Another client id forgets the secret of the old one.
    provider_client_set(ProviderClientSet) -> Vec<ProviderClient>;
    /// Takes the client secret from the clipboard, in Rust, into the keychain.
    provider_client_paste_secret(ProviderClientRef) -> Vec<ProviderClient>;
    /// Forgets the client secret.
    provider_client_forget_secret(ProviderClientRef) -> Vec<ProviderClient>;

    /// Begins a sign-in through the browser, by a code, or at a provider itself.
    sign_in_start(SignInStart) -> SignInView;
    /// Opens the browser again for the same attempt.
    sign_in_open_again(SignInRef) -> Nothing;
    /// Copies the attempt's link to the clipboard, in Rust.
    sign_in_copy_link(SignInRef) -> Nothing;
    /// Gives the attempt up.
    sign_in_cancel(SignInRef) -> Nothing;
    /// Opens the server's page where tokens are made.
    sign_in_open_token_page(ServerRef) -> Nothing;
    /// Reads a token from the clipboard, in Rust, and asks the server whose it is. Nothing is stored before
    /// `sign_in_paste_token`.
    sign_in_check_token(ServerRef) -> TokenOwner;
    /// Signs in with the token that was checked, else with the one on the clipboard.
    sign_in_paste_token(ServerRef) -> ServerView;
    /// Forgets the token that was checked.
    sign_in_drop_token(Nothing) -> Nothing;
    /// Signs out: revokes at the server, then forgets.
    account_sign_out(AccountRef) -> Nothing;
    /// Makes the vault file, for computers without a keychain; the sign-ins of this session move in.
    vault_create(VaultPassphrase) -> AppView;
    /// Opens the vault file for this session.
    vault_open(VaultPassphrase) -> AppView;
    /// Closes the vault file; what is in it has to wait until it is opened again.
    vault_close(Nothing) -> AppView;
    /// Deletes the vault file. Its sign-ins stay for this session if it was open, and are lost otherwise.
    vault_forget(Nothing) -> AppView;
    /// Makes an account the one in use on its server.
    account_use(AccountRef) -> Nothing;

    /// The tokens made on a server; `not_offered` where it has none.
    token_list(ServerRef) -> TokenList;
    /// Makes a token. Its text stays in Rust, for [`token_copy`](Self::token_copy).
    token_make(TokenMake) -> TokenRow;
    /// Puts the text of a token made a moment ago on the clipboard, in Rust, which takes it off after a minute.
    token_copy(TokenRef) -> Nothing;
    /// Forgets the text of a token made a moment ago.
    token_seen(TokenRef) -> Nothing;
    /// Ends a token.
    token_revoke(TokenRef) -> Nothing;

    /// What handing an account to the command lines would do.
    command_plan(AccountRef) -> CommandPlan;
    /// Writes an account's token into the file of a program, in plain text.
    command_write(CommandWrite) -> CommandDone;
    /// Looks for accounts in the files of the command lines.
    import_find(Nothing) -> ImportList;
    /// Connects the server of one item, checks its token there and keeps it. The file is left alone.
    import_take(ImportTake) -> ServerView;

    /// The entities of a server that it lists, the signed-in account's first.
    library_entities(ServerRef) -> Vec<EntityRow>;
    /// One entity.
    library_entity(EntityRef) -> EntityPage;
    /// One collection.
    library_collection(CollectionRef) -> CollectionPage;
    /// One container.
    library_container(ContainerRef) -> ContainerPage;
    /// Searches one server or all.
    library_search(Search) -> SearchPage;
    /// Deletes one image.
    library_delete_image(ImageRef) -> Nothing;

    /// Lets the person choose files in a native dialog. An empty sheet means they chose none.
    upload_choose(Nothing) -> DraftSheet;
    /// Makes a sheet of a pasted path.
    upload_add_path(FilePath) -> DraftSheet;
    /// The sheet again, its files read anew.
    upload_sheet(SheetRef) -> DraftSheet;
    /// Throws a sheet away.
    upload_discard(SheetRef) -> Nothing;
    /// Completes a destination with what is there.
    upload_destinations(Destination) -> Vec<String>;
    /// What the upload would do.
    upload_plan(Upload) -> UploadPlan;
    /// Starts the upload; answers the transfers' ids.
    upload_start(Upload) -> Vec<String>;

    /// What a download would do.
    download_plan(ImageRef) -> DownloadPlan;
    /// Starts a download; answers the transfer's id.
    download_start(Download) -> String;

    /// All transfers.
    transfer_list(Nothing) -> TransferList;
    /// Pauses one.
    transfer_pause(TransferRef) -> Nothing;
    /// Goes on with one.
    transfer_resume(TransferRef) -> Nothing;
    /// Stops one for good.
    transfer_cancel(TransferRef) -> Nothing;
    /// Tries one again.
    transfer_retry(TransferRef) -> Nothing;
    /// Takes an ended one off the list.
    transfer_remove(TransferRef) -> Nothing;
    /// Moves a waiting one.
    transfer_move(TransferMove) -> Nothing;
    /// Pauses everything.
    transfer_pause_all(Nothing) -> Nothing;
    /// Goes on with everything.
    transfer_resume_all(Nothing) -> Nothing;
    /// Empties the history.
    transfer_clear(Nothing) -> Nothing;
    /// Shows a finished download in the file manager.
    transfer_reveal(TransferRef) -> Nothing;
    /// Deletes what a download has put into quarantine.
    transfer_delete_file(TransferRef) -> Nothing;
    /// Copies what explains a transfer, for somebody who helps. It holds no secret and no folder.
    transfer_copy_report(TransferReport) -> Nothing;

    /// Lets the person choose an image to look at; answers the ids of files, none when they changed their mind.
    inspect_choose(Nothing) -> Vec<String>;
    /// Opens what a download has brought; answers the file's id.
    inspect_transfer(TransferRef) -> String;
    /// Opens an image where it is, in its library; answers its id. `not_offered` where the server sends whole files only.
    inspect_image(ImageRef) -> String;
    /// Opens a file of an upload sheet; answers its id.
    inspect_draft(SheetFile) -> String;
    /// How many bytes of an opened image in a library have been fetched; none of a file.
    inspect_read(FileRef) -> u64;
    /// What an opened image says about itself: the header and the texts, never the whole file.
    inspect_file(FileRef) -> InspectionView;
    /// The names in one folder of the file system in an opened image.
    inspect_list(FilePlace) -> FileListing;
    /// Takes one file out of the file system in an opened image, to where the person chooses.
    inspect_extract(FilePlace) -> SavedFile;
    /// Takes one object out of an opened image, to where the person chooses.
    inspect_extract_object(FileObject) -> SavedFile;
    /// Verifies the signatures of an opened image, which reads all of it. Of one in a library the contents stay unread.
    inspect_check(FileRef) -> VerificationView;
    /// The same of an image in a library, in brief. One at a time: asking about another gives up the one before.
    inspect_glance(ImageRef) -> FileCheck;
    /// What is different between two opened images.
    inspect_compare(Compare) -> ComparisonView;
    /// Signs an opened image in place.
    inspect_sign(FileSign) -> SignedView;
    /// Shows an opened file in the file manager.
    inspect_reveal(FileRef) -> Nothing;
    /// Makes an upload sheet of an opened file.
    inspect_upload(FileRef) -> DraftSheet;

    /// All keys.
    key_list(Nothing) -> KeyList;
    /// Makes a key.
    key_make(KeyMake) -> KeyView;
    /// Takes over keys from a file that the person chooses. Keys of others are met, and not yet trusted.
    key_import(Nothing) -> KeysImported;
    /// Writes a key to a file that the person chooses.
    key_export(KeyExport) -> SavedFile;
    /// Puts a key into the keyrings of a command-line tool, which keeps everything it has.
    key_lend(KeyLend) -> KeyLent;
    /// Trusts the owner of a key that has been met, once its fingerprint was compared.
    key_trust(KeyRef) -> KeyView;
    /// Trusts the owner of a key no longer. The key stays among those that have been met.
    key_distrust(KeyRef) -> Nothing;
    /// Removes a key from Sifter, its secret part too.
    key_remove(KeyRef) -> Nothing;
    /// Takes a key back, and writes the text that says so to a file that the person chooses, to be published.
    key_revoke(KeyRevoke) -> SavedFile;
    /// Gives a key another end.
    key_set_expiry(KeyExpiry) -> KeyView;
    /// Forgets the passphrase of a key.
    key_forget_passphrase(KeyRef) -> Nothing;
    /// What publishing one of the person's keys would make public, and where it can be done.
    key_publish_plan(KeyRef) -> PublishPlan;
    /// Publishes one of the person's keys on one key server.
    key_publish(KeyPublish) -> KeyPublication;
    /// Searches all key servers.
    key_search(KeySearch) -> KeysFound;
    /// Fetches a key from the key servers. It is met then, and not yet trusted.
    key_fetch(KeyFetch) -> KeyView;
    /// Which key servers are asked.
    key_servers(Nothing) -> KeyServers;
    /// Sets which key servers are asked beside those of the libraries.
    key_servers_set(KeyServersSet) -> KeyServers;
    /// Finds out whether a key server answers at an address.
    key_server_test(KeyServerRef) -> Nothing;
    /// Asks now about all keys of others whether they were revoked, which otherwise happens once a day.
    key_recheck(Nothing) -> KeysRechecked;
    /// The person has taken note that a key was revoked.
    key_dismiss_revoked(KeyRef) -> Nothing;

    /// Where a bundle of an opened image would be made.
    bundle_place(FileRef) -> BundlePlace;
    /// Lets the person choose the folder that bundles are made in.
    bundle_choose_folder(FileRef) -> BundlePlace;
    /// Makes an offline bundle of an opened image; reports through the event stream.
    bundle_start(BundleStart) -> BundleView;
    /// Stops making a bundle, and removes what there is of it.
    bundle_cancel(BundleRef) -> Nothing;
    /// Shows a finished bundle in the file manager.
    bundle_reveal(BundleRef) -> Nothing;
}
