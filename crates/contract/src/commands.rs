//! The table of commands. From it come the [`Api`] trait that `app-core` implements, the list for Tauri's
//! access control, the bridge's dispatcher and the window's TypeScript.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::requests::{
    AccountRef, CollectionRef, CommandWrite, ContainerRef, CopyText, Destination, Download,
    EntityRef, FilePath, ImageRef, ImportTake, LinkText, OpenPage, Search, ServerConnect,
    ServerRef, SheetRef, SignInRef, SignInStart, TokenMake, TokenRef, TransferMove, TransferRef,
    TransferReport, Upload,
};
use crate::{
    AppView, CollectionPage, CommandDone, CommandPlan, ContainerPage, DownloadPlan, DraftSheet,
    EntityPage, EntityRow, ErrorCode, ImportList, LinkTarget, SearchPage, ServerView,
    SettingsPatch, SettingsView, SignInView, TokenList, TokenRow, TransferList, UiError,
    UploadPlan,
};

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

    /// Begins a sign-in through the browser, or by a code.
    sign_in_start(SignInStart) -> SignInView;
    /// Opens the browser again for the same attempt.
    sign_in_open_again(SignInRef) -> Nothing;
    /// Copies the attempt's link to the clipboard, in Rust.
    sign_in_copy_link(SignInRef) -> Nothing;
    /// Gives the attempt up.
    sign_in_cancel(SignInRef) -> Nothing;
    /// Opens the server's page where tokens are made.
    sign_in_open_token_page(ServerRef) -> Nothing;
    /// Takes a token from the clipboard, in Rust, checks it with the server and keeps it.
    sign_in_paste_token(ServerRef) -> ServerView;
    /// Signs out: revokes at the server, then forgets.
    account_sign_out(AccountRef) -> Nothing;
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
    /// Copies what explains a transfer, for somebody who helps. It holds no secret and no folder.
    transfer_copy_report(TransferReport) -> Nothing;
}
