// Made from crates/contract by `cargo xtask generate`. Do not edit.

export type ErrorCode = "invalid_request" | "invalid_address" | "invalid_name" | "not_found" | "sign_in_needed" | "sign_in_expired" | "forbidden" | "quota_exceeded" | "disk_full" | "throttled" | "server_fault" | "host_unknown" | "unreachable" | "proxy_failed" | "certificate_untrusted" | "certificate_changed" | "certificate_invalid" | "authority_unusable" | "not_secured" | "not_encrypted" | "not_a_library" | "invalid_answer" | "not_offered" | "oci_image" | "damaged" | "file_unreadable" | "file_missing" | "file_is_folder" | "not_a_sif" | "sif_damaged" | "file_changed" | "file_exists" | "folder_unwritable" | "upload_forgotten" | "not_confirmed" | "keychain_locked" | "keychain_failed" | "vault_closed" | "vault_passphrase_wrong" | "vault_passphrase_weak" | "vault_damaged" | "browser_unavailable" | "sign_in_declined" | "sign_in_rejected" | "client_id_refused" | "approval_needed" | "single_sign_on_needed" | "scope_missing" | "sign_in_not_accepted" | "no_secret_in_clipboard" | "other_person" | "sign_in_timed_out" | "sign_in_busy" | "no_token_in_clipboard" | "token_refused" | "command_line_file" | "credential_helper" | "local_library_failed" | "key_unusable" | "passphrase_needed" | "passphrase_wrong" | "contents_unreadable" | "fetch_limit" | "in_quarantine" | "cannot_sign" | "storage_failed" | "cancelled" | "internal";

export type Retry = "no" | "yes" | "after_sign_in";

export type UiError = { 
/**
 * Which sentence and which buttons to show.
 */
code: ErrorCode, 
/**
 * Facts that the sentence names. The keys per code are documented at [`ErrorCode`].
 */
params: Record<string, string | number | boolean>, 
/**
 * Whether trying again can help.
 */
retry: Retry, 
/**
 * The raw chain of causes, redacted, for the *Details* fold and for reports.
 */
details: string, };

export type Theme = "system" | "light" | "dark";

export type AppView = { 
/**
 * Sifter's version.
 */
version: string, 
/**
 * `linux`, `macos` or `windows`; decides the frame and the names of keys.
 */
os: string, 
/**
 * True until a server was used or the welcome page was left once.
 */
firstRun: boolean, 
/**
 * The state of the keychain on this computer.
 */
keychain: KeychainState, 
/**
 * The file that keeps secrets where there is no keychain.
 */
vault: VaultState, 
/**
 * Where new sign-ins would be stored.
 */
storage: Storage, 
/**
 * Name and version of a container program found on this computer, such as `Apptainer 1.4`.
 */
containerProgram: string | null, 
/**
 * Whether requests go through a proxy of the system.
 */
usesProxy: boolean, 
/**
 * The settings.
 */
settings: SettingsView, };

export type LimitHours = { 
/**
 * Minutes after midnight, 0 to 1439.
 */
from: number, 
/**
 * Minutes after midnight, 0 to 1439.
 */
until: number, };

export type SpeedLimits = { 
/**
 * Towards libraries, in bytes a second; `null` is no limit.
 */
up: number | null, 
/**
 * From libraries, in bytes a second; `null` is no limit.
 */
down: number | null, 
/**
 * The hours in which the two count; `null` is always.
 */
hours: LimitHours | null, };

export type SettingsView = { 
/**
 * Full path of the download folder.
 */
downloadFolder: string, 
/**
 * Last component of the download folder, for short captions.
 */
downloadFolderName: string, 
/**
 * Free bytes on the download folder's volume, if the system tells.
 */
downloadFolderFree: number | null, 
/**
 * Colours.
 */
theme: Theme, 
/**
 * Whether the local library starts with the app.
 */
startLocalLibrary: boolean, 
/**
 * At most this many large transfers at once.
 */
parallelTransfers: number, 
/**
 * How fast transfers may be.
 */
limits: SpeedLimits, 
/**
 * Whether a limit counts now, which is a matter of the hour.
 */
limitedNow: boolean, 
/**
 * Whether the computer is kept from falling asleep while something moves.
 */
keepAwake: boolean, 
/**
 * Whether the system tells how transfers ended while the window is elsewhere.
 */
notifications: boolean, 
/**
 * After how many minutes without use the vault file closes itself; 0 is never.
 */
vaultLockMinutes: number, 
/**
 * Where Sifter keeps its data, for *Show data folder*.
 */
dataFolder: string, };

export type SettingsPatch = { 
/**
 * Colours.
 */
theme?: Theme, 
/**
 * Whether the local library starts with the app.
 */
startLocalLibrary?: boolean, 
/**
 * At most this many large transfers at once (1 to 8).
 */
parallelTransfers?: number, 
/**
 * How fast transfers may be, all of it.
 */
limits?: SpeedLimits, 
/**
 * Whether the computer is kept from falling asleep while something moves.
 */
keepAwake?: boolean, 
/**
 * Whether the system tells how transfers ended while the window is elsewhere.
 */
notifications?: boolean, 
/**
 * After how many minutes without use the vault file closes itself, at most a day; 0 is never.
 */
vaultLockMinutes?: number, 
/**
 * The person has left the welcome page.
 */
welcomeDone?: boolean, };

export type ServerKind = "this_computer" | "sylabs_cloud" | "library";

export type ServerState = "unknown" | "online" | "slow" | "down" | "off";

export type Capabilities = { 
/**
 * The API version the server names.
 */
apiVersion: string | null, 
/**
 * Tags per architecture.
 */
archTags: boolean | null, 
/**
 * Uploads in parts, which resume.
 */
multipart: boolean | null, 
/**
 * Downloads in ranges, which resume.
 */
ranges: boolean | null, 
/**
 * Sets only the tags it is asked to set; otherwise `latest` moves with every upload.
 */
onlyAskedTags: boolean | null, 
/**
 * Shows the quota before an upload.
 */
quota: boolean | null, 
/**
 * Full-text search.
 */
search: boolean | null, 
/**
 * Sign-in through the browser.
 */
browserSignIn: boolean | null, 
/**
 * Keys can be published there.
 */
keys: boolean | null, 
/**
 * Remote builds.
 */
builder: boolean | null, 
/**
 * An OCI registry keeps its images, and transfers go there.
 */
registry: boolean | null, 
/**
 * People make and end access tokens there, by name.
 */
tokens: boolean | null, };

export type Quota = { 
/**
 * Bytes used.
 */
used: number, 
/**
 * Bytes allowed; 0 is unlimited.
 */
total: number, };

export type Storage = { "kind": "keychain", 
/**
 * For instance `Secret Service`, `macOS Keychain`, `Windows Credential Manager`.
 */
name: string, } | { "kind": "vault" } | { "kind": "session_only" };

export type VaultState = "none" | "closed" | "open";

export type KeychainState = "ready" | "locked" | "absent";

export type Ending = "week" | "day" | "over";

export type AccountView = { 
/**
 * Opaque id.
 */
id: string, 
/**
 * Login name, which is usually the person's entity.
 */
login: string, 
/**
 * Name to show.
 */
display: string, 
/**
 * False when the sign-in ran out.
 */
signedIn: boolean, 
/**
 * How the person signed in: `true` through the browser, `false` with a pasted token.
 */
byBrowser: boolean, 
/**
 * Where the secret is.
 */
storage: Storage, 
/**
 * When the sign-in ends, RFC 3339, if known.
 */
expires: string | null, 
/**
 * How close its end is, when it is close.
 */
ending: Ending | null, };

export type SignInProviderKind = "google" | "github" | "gitlab" | "microsoft" | "other";

export type SignInProvider = { 
/**
 * Its name for the server.
 */
id: string, 
/**
 * What the server calls it, at most 40 visible characters.
 */
label: string, 
/**
 * For its picture.
 */
kind: SignInProviderKind, 
/**
 * Sifter can go there itself, under a client id of its own, and the server takes what it gets.
 */
direct: boolean, };

export type SignInWay = { "kind": "browser", 
/**
 * Who else the server takes sign-ins from, at most eight. The page offers them all; naming one goes
 * there at once.
 */
providers: Array<SignInProvider>, } | { "kind": "token" };

export type ServerView = { 
/**
 * Opaque id; `this-computer` for the local library.
 */
id: string, 
/**
 * Name to show.
 */
name: string, 
/**
 * Host (and port) to show, such as `cloud.sylabs.io`.
 */
host: string, 
/**
 * Base address of its library, for commands that a person copies.
 */
libraryUrl: string, 
/**
 * What kind of place it is.
 */
kind: ServerKind, 
/**
 * How it is doing.
 */
state: ServerState, 
/**
 * Why it is not doing well, when it is not.
 */
problem: UiError | null, 
/**
 * What it can do.
 */
capabilities: Capabilities, 
/**
 * The account in use there.
 */
account: AccountView | null, 
/**
 * All accounts there, in the order in which they were added.
 */
accounts: Array<AccountView>, 
/**
 * How one can sign in. Empty while the server is off or unknown.
 */
ways: Array<SignInWay>, 
/**
 * Space of the account, when the server tells.
 */
quota: Quota | null, };

export type SignInHow = "browser" | "code" | "provider";

export type SignInPhase = "preparing" | "waiting_for_browser" | "waiting_for_code" | "exchanging" | "storing" | "done" | "failed" | "cancelled";

export type ProviderSecret = "never" | "for_browser" | "always";

export type ProviderClient = { 
/**
 * Which provider.
 */
kind: SignInProviderKind, 
/**
 * Sifter's client id there; empty where it has none.
 */
clientId: string, 
/**
 * The client id came with this build of Sifter.
 */
fromBuild: boolean, 
/**
 * The provider's web address, where there is more than one of its kind.
 */
address: string | null, 
/**
 * Microsoft's tenant.
 */
tenant: string | null, 
/**
 * What the provider wants of a program beside its id.
 */
secret: ProviderSecret, 
/**
 * There is one, in the keychain.
 */
hasSecret: boolean, };

export type ProviderClientSet = { 
/**
 * Which provider.
 */
kind: SignInProviderKind, 
/**
 * The client id; empty to have none of one's own.
 */
clientId: string, 
/**
 * The web address, for GitHub and GitLab.
 */
address?: string, 
/**
 * The tenant, for Microsoft.
 */
tenant?: string, };

export type ProviderClientRef = { 
/**
 * Which one.
 */
kind: SignInProviderKind, };

export type TokenOwner = { 
/**
 * Login name.
 */
login: string, 
/**
 * When it ends, RFC 3339, if known.
 */
expires: string | null, };

export type SignInCode = { 
/**
 * The code.
 */
code: string, 
/**
 * The page of the server where it is entered.
 */
page: string, };

export type SignInView = { 
/**
 * Opaque id of this attempt.
 */
id: string, 
/**
 * The server.
 */
serverId: string, 
/**
 * Where it stands.
 */
phase: SignInPhase, 
/**
 * Host whose page the browser shows.
 */
host: string, 
/**
 * Seconds until the link stops working.
 */
secondsLeft: number, 
/**
 * Whether a browser could be opened. When not, *Copy link* is the way.
 */
browserOpened: boolean, 
/**
 * The code to enter on another device: when that was asked for, or no browser could be opened.
 */
code: SignInCode | null, 
/**
 * Why it failed.
 */
error: UiError | null, };

export type TokenRow = { 
/**
 * The server's id for it.
 */
id: string, 
/**
 * What its owner calls it.
 */
name: string, 
/**
 * How its text begins, to recognise it by. May be empty.
 */
prefix: string, 
/**
 * It can fetch and not send.
 */
readOnly: boolean, 
/**
 * When it was made, RFC 3339.
 */
created: string | null, 
/**
 * When it was used last, RFC 3339; none when it was not.
 */
lastUsed: string | null, 
/**
 * When it ends, RFC 3339; none when it does not.
 */
expires: string | null, 
/**
 * How close its end is, when it is close.
 */
ending: Ending | null, 
/**
 * It is the one that Sifter or a command line on this computer uses.
 */
here: boolean, };

export type TokenList = { 
/**
 * Newest first.
 */
tokens: Array<TokenRow>, 
/**
 * Whether the account may make more: one that is itself a token may not.
 */
canMake: boolean, };

export type CommandProgram = "singularity" | "apptainer" | "token_file";

export type CommandTarget = { 
/**
 * The program.
 */
program: CommandProgram, 
/**
 * Its file, to show.
 */
path: string, 
/**
 * The name under which it knows the server already.
 */
remote: string | null, 
/**
 * A token that is there would be replaced.
 */
replaces: boolean, 
/**
 * It uses the server already when none is named.
 */
active: boolean, 
/**
 * Why its file cannot be used.
 */
problem: UiError | null, };

export type CommandPlan = { 
/**
 * The programs, those that are there first.
 */
targets: Array<CommandTarget>, 
/**
 * A token is made for the program, good for this many days, because the account has none of its own.
 * `None`: the account's own token is used.
 */
makesTokenForDays: number | null, };

export type CommandDone = { 
/**
 * The file that was written, to show.
 */
path: string, 
/**
 * The name of the server in it.
 */
remote: string | null, 
/**
 * When the token ends, RFC 3339.
 */
expires: string | null, };

export type ImportSource = "singularity" | "apptainer" | "token_file" | "docker";

export type ImportItem = { 
/**
 * Opaque id.
 */
id: string, 
/**
 * Whose it is.
 */
source: ImportSource, 
/**
 * The file it is in, to show.
 */
path: string, 
/**
 * What the file calls it.
 */
name: string, 
/**
 * Host, port and path.
 */
host: string, 
/**
 * The user name, where the file has one.
 */
login: string | null, 
/**
 * There is a token, or what serves as one. A server without it can be connected.
 */
hasToken: boolean, 
/**
 * The program that has to be asked for it: `docker-credential-NAME`.
 */
helper: string | null, 
/**
 * The server is reached without encryption.
 */
plainHttp: boolean, 
/**
 * Sifter is signed in there already.
 */
signedIn: boolean, };

export type ImportTrouble = { 
/**
 * The file, to show.
 */
path: string, 
/**
 * Why.
 */
error: UiError, };

export type ImportList = { 
/**
 * What can be imported.
 */
items: Array<ImportItem>, 
/**
 * What could not be read.
 */
troubles: Array<ImportTrouble>, };

export type LibraryPath = { 
/**
 * Entity (a person or a project).
 */
entity: string, 
/**
 * Collection.
 */
collection: string, 
/**
 * Container.
 */
container: string, };

export type EntityRow = { 
/**
 * Name.
 */
name: string, 
/**
 * Description; empty when the owner wrote none.
 */
description: string, 
/**
 * Whether it belongs to the signed-in account.
 */
mine: boolean, };

export type EntityPage = { 
/**
 * The entity.
 */
entity: EntityRow, 
/**
 * Its collections, sorted by name.
 */
collections: Array<CollectionRow>, };

export type CollectionRow = { 
/**
 * Name.
 */
name: string, 
/**
 * Description; may be empty.
 */
description: string, 
/**
 * Number of containers.
 */
containers: number, 
/**
 * Only its owner sees it.
 */
private: boolean, };

export type CollectionPage = { 
/**
 * Entity it belongs to.
 */
entity: string, 
/**
 * The collection.
 */
collection: CollectionRow, 
/**
 * Bytes of all its containers.
 */
size: number, 
/**
 * Its containers, newest first.
 */
containers: Array<ContainerRow>, };

export type ContainerRow = { 
/**
 * Name.
 */
name: string, 
/**
 * Description; may be empty.
 */
description: string, 
/**
 * Newest tag, if any.
 */
newestTag: string | null, 
/**
 * How many further tags there are.
 */
moreTags: number, 
/**
 * Architectures, sorted.
 */
archs: Array<string>, 
/**
 * Bytes of its images.
 */
size: number, 
/**
 * Last change, RFC 3339.
 */
updated: string | null, 
/**
 * Downloads so far.
 */
downloads: number, 
/**
 * Only its owner sees it.
 */
private: boolean, 
/**
 * Whether the newest image carries a signature, when the server tells.
 */
signed: boolean | null, };

export type ArchColumn = { 
/**
 * Architecture as the library names it (`amd64`, `arm64`).
 */
arch: string, 
/**
 * Whether this computer can run it.
 */
native: boolean, };

export type ImageCell = { 
/**
 * Architecture.
 */
arch: string, 
/**
 * `sha256.<hex>`.
 */
digest: string, 
/**
 * Bytes.
 */
size: number, 
/**
 * Whether it carries a signature, when the server tells.
 */
signed: boolean | null, 
/**
 * Whether its partition is encrypted, when the server tells.
 */
encrypted: boolean | null, 
/**
 * When it was made, RFC 3339.
 */
created: string | null, 
/**
 * Who uploaded it, if told.
 */
createdBy: string | null, 
/**
 * Description of the image; may be empty.
 */
description: string, 
/**
 * Fingerprints of its signers, as the server tells them.
 */
fingerprints: Array<string>, 
/**
 * Whether it was uploaded whole.
 */
uploaded: boolean, };

export type TagRow = { 
/**
 * The tag that names the row.
 */
tag: string, 
/**
 * Other tags with the same images, such as `latest`.
 */
aliases: Array<string>, 
/**
 * Its images, one per architecture at most.
 */
images: Array<ImageCell>, 
/**
 * Newest of its images' dates, RFC 3339.
 */
moved: string | null, };

export type CommandFlavour = { 
/**
 * `singularity`, `apptainer`, `curl`, `Nextflow`, `def file`.
 */
name: string, 
/**
 * The command with `{tag}` where the tag goes.
 */
template: string, };

export type ContainerPage = { 
/**
 * Where it is.
 */
path: LibraryPath, 
/**
 * Description; may be empty.
 */
description: string, 
/**
 * Only its owner sees it.
 */
private: boolean, 
/**
 * Who owns it, if told.
 */
owner: string | null, 
/**
 * Bytes of all images.
 */
size: number, 
/**
 * Number of images.
 */
imageCount: number, 
/**
 * Downloads so far.
 */
downloads: number, 
/**
 * Architectures that occur, in the order of the columns.
 */
archs: Array<ArchColumn>, 
/**
 * Rows, newest first.
 */
tags: Array<TagRow>, 
/**
 * Images that no tag names.
 */
untagged: Array<ImageCell>, 
/**
 * Ways to fetch it from a command line.
 */
commands: Array<CommandFlavour>, 
/**
 * Reference to copy, without a tag: `library://entity/collection/container`.
 */
reference: string, 
/**
 * Whether the signed-in account may add images and delete them.
 */
writable: boolean, };

export type SearchScope = { "kind": "server", 
/**
 * Its id.
 */
serverId: string, } | { "kind": "everywhere" };

export type SearchHit = { 
/**
 * Server it is on.
 */
serverId: string, 
/**
 * That server's name.
 */
serverName: string, 
/**
 * Where the container is.
 */
path: LibraryPath, 
/**
 * Description; may be empty.
 */
description: string, 
/**
 * Tags, if the server tells.
 */
tags: Array<string>, 
/**
 * Architectures, if the server tells.
 */
archs: Array<string>, 
/**
 * Bytes, if known.
 */
size: number | null, };

export type SearchPage = { 
/**
 * What was searched for.
 */
text: string, 
/**
 * Hits, best first.
 */
hits: Array<SearchHit>, 
/**
 * Names of servers that did not answer.
 */
unanswered: Array<string>, };

export type LinkTarget = { "kind": "container", 
/**
 * The server.
 */
serverId: string, 
/**
 * The container.
 */
path: LibraryPath, 
/**
 * The tag or hash, if the link names one.
 */
tag: string | null, } | { "kind": "collection", 
/**
 * The server.
 */
serverId: string, 
/**
 * Entity.
 */
entity: string, 
/**
 * Collection.
 */
collection: string, } | { "kind": "entity", 
/**
 * The server.
 */
serverId: string, 
/**
 * Entity.
 */
entity: string, } | { "kind": "unknown_server", 
/**
 * Its address.
 */
address: string, } | { "kind": "file", 
/**
 * The upload sheet made for it.
 */
sheetId: string, } | { "kind": "words", 
/**
 * The words.
 */
text: string, } | { "kind": "unsupported", 
/**
 * The scheme.
 */
scheme: string, };

export type ImageFacts = { 
/**
 * Bytes of the file.
 */
size: number, 
/**
 * Architecture as the library names it; `None` when the image does not say.
 */
arch: string | null, 
/**
 * Carries at least one signature object.
 */
signed: boolean, 
/**
 * Its root partition is encrypted.
 */
encrypted: boolean, 
/**
 * An OCI-SIF, which only SingularityCE 4 and later can run.
 */
ociSif: boolean, 
/**
 * File system of the root partition, such as `Squashfs`.
 */
rootFs: string | null, 
/**
 * When it was made, RFC 3339.
 */
created: string | null, };

export type DraftFile = { 
/**
 * Opaque id.
 */
id: string, 
/**
 * File name without folders.
 */
name: string, 
/**
 * Facts of a good file.
 */
facts: ImageFacts | null, 
/**
 * Why this file cannot be uploaded.
 */
problem: UiError | null, 
/**
 * Container name made from the file name.
 */
suggestedContainer: string, 
/**
 * Tags made from the file name.
 */
suggestedTags: Array<string>, };

export type DraftSheet = { 
/**
 * Opaque id.
 */
id: string, 
/**
 * Its files, in the order they came.
 */
files: Array<DraftFile>, };

export type UploadItem = { 
/**
 * The file.
 */
fileId: string, 
/**
 * Where it goes.
 */
path: LibraryPath, 
/**
 * Tags to set.
 */
tags: Array<string>, 
/**
 * What changed; may be empty.
 */
description: string, 
/**
 * Make a new container private. Says nothing about a container that is there already.
 */
private: boolean, };

export type TagEffect = { "kind": "new", 
/**
 * The tag.
 */
tag: string, } | { "kind": "moves", 
/**
 * The tag.
 */
tag: string, 
/**
 * Digest it names now, `sha256.<hex>`.
 */
from: string, } | { "kind": "moves_everywhere", 
/**
 * The tag.
 */
tag: string, 
/**
 * Digest it names now, `sha256.<hex>`; empty when not known.
 */
from: string, 
/**
 * The architecture of that image; empty when not known.
 */
arch: string, } | { "kind": "stays_elsewhere", 
/**
 * The tag.
 */
tag: string, 
/**
 * The other architecture.
 */
arch: string, } | { "kind": "invalid", 
/**
 * The text.
 */
tag: string, };

export type UploadItemPlan = { 
/**
 * The file.
 */
fileId: string, 
/**
 * Effect of each tag.
 */
tags: Array<TagEffect>, 
/**
 * Levels that will be created, from the top and in full, such as `ada/genomics` and
 * `ada/genomics/samtools`. A level that several files need is in the plan of the first only.
 */
creates: Array<string>, 
/**
 * Whether anybody will be able to download it.
 */
public: boolean, 
/**
 * What stands in the way.
 */
problem: UiError | null, };

export type CapabilityNote = "no_parts" | "no_ranges" | "no_arch_tags" | "old_upload" | "moves_latest";

export type UploadPlan = { 
/**
 * One plan per file.
 */
items: Array<UploadItemPlan>, 
/**
 * Bytes that will be sent at most.
 */
bytes: number, 
/**
 * What the server is known not to do.
 */
notes: Array<CapabilityNote>, 
/**
 * Space now, when the server tells.
 */
quotaBefore: Quota | null, 
/**
 * Space after the upload.
 */
quotaAfter: Quota | null, 
/**
 * What stands in the way of all of it: no sign-in, no space.
 */
problem: UiError | null, };

export type Direction = "up" | "down";

export type DoneHow = "arrived" | "arrived_late" | "already_there" | "verified" | "quarantined";

export type Phase = { "kind": "queued" } | { "kind": "hashing" } | { "kind": "uploading" } | { "kind": "server_processing" } | { "kind": "checking" } | { "kind": "downloading" } | { "kind": "verifying" } | { "kind": "done", 
/**
 * How.
 */
how: DoneHow, } | { "kind": "paused" } | { "kind": "needs_attention", 
/**
 * Why.
 */
error: UiError, } | { "kind": "cancelled" };

export type Parts = { 
/**
 * All parts.
 */
total: number, 
/**
 * Safe on the other side.
 */
done: number, 
/**
 * On their way.
 */
inFlight: number, 
/**
 * Sent more than once.
 */
retried: number, };

export type LinkCheck = "anyone" | "only_shared" | "only_here" | "unknown";

export type TransferView = { 
/**
 * Opaque id.
 */
id: string, 
/**
 * Up or down.
 */
direction: Direction, 
/**
 * File name on this computer.
 */
fileName: string, 
/**
 * Server's id.
 */
serverId: string, 
/**
 * Server's name.
 */
serverName: string, 
/**
 * Container.
 */
path: LibraryPath, 
/**
 * Tags to set, or the tag fetched.
 */
tags: Array<string>, 
/**
 * Architecture, if known.
 */
arch: string | null, 
/**
 * Where it stands.
 */
phase: Phase, 
/**
 * Bytes to move; 0 while unknown.
 */
bytesTotal: number, 
/**
 * Bytes safe on the other side.
 */
bytesDone: number, 
/**
 * Parts, for the bar.
 */
parts: Parts, 
/**
 * Bytes a second over the last seconds.
 */
speed: number, 
/**
 * Seconds left, when there is a sound guess.
 */
secondsLeft: number | null, 
/**
 * When it was asked for, RFC 3339.
 */
created: string, 
/**
 * When it ended, RFC 3339.
 */
finished: string | null, 
/**
 * Seconds from the first byte to the end.
 */
secondsTaken: number | null, 
/**
 * `sha256.<hex>` once known.
 */
digest: string | null, 
/**
 * A reference to copy: `library://entity/collection/container:tag`.
 */
reference: string, 
/**
 * Why it began anew, when it did: the file changed, or the server forgot the upload.
 */
restarted: UiError | null, 
/**
 * Whether a finished download is still where it was put, in its folder or in quarantine.
 */
filePresent: boolean, 
/**
 * What the signatures of a download say.
 */
check: FileCheck | null, 
/**
 * What the server makes it do without.
 */
notes: Array<CapabilityNote>, 
/**
 * Whether the link of a finished upload works for others; `None` until that has been asked.
 */
link: LinkCheck | null, };

export type TransferList = { 
/**
 * Moving now.
 */
active: Array<TransferView>, 
/**
 * Waiting or paused, in order.
 */
queued: Array<TransferView>, 
/**
 * In need of a decision.
 */
attention: Array<TransferView>, 
/**
 * Ended, newest first, 30 days.
 */
history: Array<TransferView>, 
/**
 * Bytes a second upwards, all transfers.
 */
speedUp: number, 
/**
 * Bytes a second downwards, all transfers.
 */
speedDown: number, 
/**
 * Whether everything was paused at once.
 */
allPaused: boolean, };

export type ClashPolicy = "ask" | "replace" | "keep_both";

export type DownloadPlan = { 
/**
 * File name it will get.
 */
fileName: string, 
/**
 * Folder it goes to.
 */
folder: string, 
/**
 * Last component of the folder.
 */
folderName: string, 
/**
 * Bytes.
 */
size: number, 
/**
 * Free bytes there, if the system tells.
 */
free: number | null, 
/**
 * A file of that name is there already.
 */
clash: boolean, 
/**
 * That file has the same digest: nothing to download.
 */
same: boolean, 
/**
 * Name it would get beside the existing file.
 */
keepBothName: string, };

export type Verdict = "verified" | "unknown_signer" | "not_signed" | "could_not_check" | "do_not_use";

export type VerdictReason = "altered" | "added" | "removed" | "cut_short" | "other_signer" | "key_expired" | "key_revoked" | "signature_expired" | "unknown_key" | "key_servers_silent" | "old_form" | "pem_key" | "weak" | "partly_signed" | "not_an_image" | "unreadable" | "not_understood";

export type CheckedContents = "read" | "unread";

export type SignerView = { 
/**
 * The name in the key, if it has been published.
 */
name: string | null, 
/**
 * Fingerprint of the OpenPGP key, or OpenSSH fingerprint of the PEM key.
 */
fingerprint: string, 
/**
 * Whether the mathematics prove it. Otherwise it is what the image claims.
 */
proven: boolean, };

export type FileCheck = { 
/**
 * The verdict.
 */
verdict: Verdict, 
/**
 * Why it is not better, where there is something to say.
 */
reason: VerdictReason | null, 
/**
 * Whether the verdict is about its contents too.
 */
contents: CheckedContents, 
/**
 * Who has signed.
 */
signers: Array<SignerView>, 
/**
 * Hosts of the key servers that were asked.
 */
asked: Array<string>, 
/**
 * When, RFC 3339.
 */
checked: string, };

export type SignatureForm = "open_pgp" | "dsse" | "legacy" | "unknown";

export type SignatureView = { 
/**
 * Id of the signature object.
 */
object: number, 
/**
 * Ids of the objects found to be what was signed; where contents were left unread, of those whose descriptors are.
 */
covers: Array<number>, 
/**
 * Fingerprint of the OpenPGP key: proven when `ok`, else only claimed.
 */
fingerprint: string | null, 
/**
 * Whether it is good, with everything it has to cover.
 */
ok: boolean, 
/**
 * Why it is not.
 */
error: string | null, 
/**
 * Its form.
 */
form: SignatureForm, 
/**
 * The signer's name, when a known key proves it and the name has been published.
 */
signer: string | null, 
/**
 * OpenSSH fingerprint of the PEM key that made a DSSE envelope.
 */
key: string | null, 
/**
 * Where the signer's OpenPGP key was found.
 */
origin: string | null, 
/**
 * When the signature says it was made, RFC 3339.
 */
made: string | null, 
/**
 * Kind and size of the key, such as `RSA 4096`.
 */
algorithm: string | null, 
/**
 * The hash that was signed.
 */
hash: string | null, 
/**
 * Whether it is by a key that the person trusts.
 */
trusted: boolean, 
/**
 * Why it is not good, in a word that the window has a sentence for.
 */
reason: VerdictReason | null, };

export type VerificationView = { 
/**
 * Whether everything asked for is covered by good signatures. Never where contents were left unread.
 */
ok: boolean, 
/**
 * What that means for the person.
 */
verdict: Verdict, 
/**
 * The signatures looked at.
 */
signatures: Array<SignatureView>, 
/**
 * The first thing wrong.
 */
error: string | null, 
/**
 * The gravest thing wrong, in a word that the window has a sentence for.
 */
reason: VerdictReason | null, 
/**
 * Whether the verdict is about its contents too.
 */
contents: CheckedContents, 
/**
 * Hosts of the key servers that were asked.
 */
asked: Array<string>, 
/**
 * When it was verified, RFC 3339.
 */
checked: string, };

export type SignedView = { 
/**
 * Ids of the new signature objects.
 */
objects: Array<number>, 
/**
 * Fingerprint of the OpenPGP key that signed.
 */
fingerprint: string | null, 
/**
 * OpenSSH fingerprint of the PEM key that signed.
 */
key: string | null, };

export type KeyStanding = "good" | "expired" | "revoked" | "weak" | "not_for_signing";

export type KeyPlace = "sifter" | "singularity" | "apptainer";

export type KeyLent = { 
/**
 * The folder of its keyrings, to show.
 */
folder: string, 
/**
 * Whether the public key was written; else it was there already.
 */
public: boolean, 
/**
 * Whether the secret key was written; else it was there already, or not wanted.
 */
secret: boolean, };

export type KeyView = { 
/**
 * Fingerprint of its primary key, upper-case digits.
 */
fingerprint: string, 
/**
 * Its names, the primary one first. Some key servers publish keys without any.
 */
names: Array<string>, 
/**
 * Kind and size, such as `RSA 4096`.
 */
algorithm: string, 
/**
 * When it was made, RFC 3339.
 */
created: string | null, 
/**
 * When it ends, RFC 3339.
 */
expires: string | null, 
/**
 * Whether it is of use.
 */
standing: KeyStanding, 
/**
 * Whether the person has the secret part.
 */
mine: boolean, 
/**
 * Whether a passphrase protects the secret part.
 */
protected: boolean, 
/**
 * Where it is kept.
 */
place: KeyPlace, };

export type KeyTrust = "own" | "trusted" | "met";

export type KeyPublication = { 
/**
 * Address of the key server.
 */
address: string, 
/**
 * Its host, as people name it.
 */
host: string, 
/**
 * When Sifter has put the key there, RFC 3339.
 */
published: string, 
/**
 * Whether the key has changed since: it was revoked, or has another end.
 */
outdated: boolean, };

export type KeyRow = { 
/**
 * The key.
 */
key: KeyView, 
/**
 * How well it is known.
 */
trust: KeyTrust, 
/**
 * Whether a backup of the secret part has been made. Only of the person's own keys in Sifter.
 */
backedUp: boolean, 
/**
 * Whether its passphrase is kept, so that nobody is asked for it.
 */
passphraseKept: boolean, 
/**
 * How close its end is, when it is close.
 */
ending: Ending | null, 
/**
 * The key servers that Sifter has put it on. Only of the person's own keys.
 */
published: Array<KeyPublication>, };

export type KeyList = { 
/**
 * The keys.
 */
keys: Array<KeyRow>, 
/**
 * Those of others that were revoked, as long as nobody has taken note of it.
 */
revoked: Array<RevokedKey>, };

export type KeysImported = { 
/**
 * The keys. None when nothing was chosen.
 */
keys: Array<KeyView>, 
/**
 * How many of them came with their secret part.
 */
secret: number, };

export type KeyServer = { 
/**
 * Its address.
 */
address: string, 
/**
 * Its host, as people name it.
 */
host: string, 
/**
 * The connected library that it belongs to.
 */
serverId: string | null, 
/**
 * What that library is called.
 */
serverName: string | null, };

export type KeyServers = { 
/**
 * Those of the connected libraries, which are asked first.
 */
libraries: Array<KeyServer>, 
/**
 * The others, in their order.
 */
others: Array<KeyServer>, 
/**
 * Whether the others are the ones that everybody uses, and not a list of the person's.
 */
usual: boolean, };

export type KeyServersSet = { 
/**
 * Their addresses, in their order, at most 16; `null` for the ones that everybody uses.
 */
addresses: Array<string> | null, };

export type KeyServerRef = { 
/**
 * Its address.
 */
address: string, };

export type PublishPlace = { 
/**
 * The key server.
 */
server: KeyServer, 
/**
 * It belongs to a library that nobody is signed in to, and takes keys from signed-in people only.
 */
needsSignIn: boolean, 
/**
 * It gives out names and addresses only once their owner has confirmed them by mail.
 */
confirmsByMail: boolean, 
/**
 * That the key is there already, as far as Sifter has put it there.
 */
publication: KeyPublication | null, };

export type PublishPlan = { 
/**
 * The names in the key, which everybody sees then.
 */
names: Array<string>, 
/**
 * Whether the key is of use, or says that it is not any more.
 */
standing: KeyStanding, 
/**
 * Key servers: those of the connected libraries, then the usual ones.
 */
places: Array<PublishPlace>, };

export type KeyPublish = { 
/**
 * Fingerprint of the primary key.
 */
fingerprint: string, 
/**
 * Address of the key server.
 */
address: string, };

export type KeySearch = { 
/**
 * A name, a mail address, a key id or a fingerprint; 3 to 200 characters.
 */
text: string, };

export type KeyFetch = { 
/**
 * Fingerprint of the primary key.
 */
fingerprint: string, 
/**
 * The key server to ask first, one of those that are asked anyway.
 */
address: string | null, };

export type FoundKey = { 
/**
 * Fingerprint, upper-case digits; on old servers only a key id, by which it cannot be added.
 */
id: string, 
/**
 * Its names.
 */
names: Array<string>, 
/**
 * When it was made, RFC 3339.
 */
created: string | null, 
/**
 * When it ends, RFC 3339.
 */
expires: string | null, 
/**
 * Whether it is of use, as the first server says, unless another one or this computer knows that it is revoked.
 */
standing: KeyStanding, 
/**
 * Address of the first server that has it.
 */
address: string, 
/**
 * Hosts of all servers that have it.
 */
hosts: Array<string>, 
/**
 * How well it is known here already.
 */
known: KeyTrust | null, };

export type SilentKeyServer = { 
/**
 * Its host.
 */
host: string, 
/**
 * Why.
 */
error: UiError, };

export type KeysFound = { 
/**
 * The keys, those of the first server first, each once.
 */
keys: Array<FoundKey>, 
/**
 * Whether there are more than are listed.
 */
more: boolean, 
/**
 * Hosts of the servers that were asked.
 */
asked: Array<string>, 
/**
 * Those of them that did not answer.
 */
silent: Array<SilentKeyServer>, };

export type SignedDownload = { 
/**
 * The download.
 */
transferId: string, 
/**
 * Its file.
 */
fileName: string, };

export type RevokedKey = { 
/**
 * Fingerprint of the primary key.
 */
fingerprint: string, 
/**
 * Its name, if it has been published.
 */
name: string | null, 
/**
 * How well it was known.
 */
trust: KeyTrust, 
/**
 * When Sifter found out, RFC 3339.
 */
noticed: string, 
/**
 * What it has signed of the downloads that are still on this computer.
 */
downloads: Array<SignedDownload>, };

export type KeysRechecked = { 
/**
 * How many keys were asked about.
 */
asked: number, 
/**
 * Those that turned out to be revoked.
 */
revoked: Array<RevokedKey>, };

export type BundlePlace = { 
/**
 * What its folder could be called.
 */
name: string, 
/**
 * The folder that it would be made in, as it is shown.
 */
folder: string, 
/**
 * Free bytes there, if the system tells.
 */
free: number | null, 
/**
 * Bytes that the image needs.
 */
needs: number, };

export type BundleStart = { 
/**
 * The image.
 */
fileId: string, 
/**
 * The name of the new folder.
 */
name: string, };

export type BundleRef = { 
/**
 * The bundle.
 */
bundleId: string, };

export type BundlePhase = "copying" | "verifying" | "done" | "failed" | "cancelled";

export type BundleView = { 
/**
 * The bundle.
 */
id: string, 
/**
 * The image that it is made of.
 */
fileId: string, 
/**
 * The name of its folder.
 */
name: string, 
/**
 * The folder that it is made in, as it is shown.
 */
folder: string, 
/**
 * How far it is.
 */
phase: BundlePhase, 
/**
 * Bytes of the image that are copied.
 */
bytesDone: number, 
/**
 * Bytes of the image.
 */
bytesTotal: number, 
/**
 * The files in it, the image first. None before the end.
 */
files: Array<string>, 
/**
 * What verifying the copy has shown.
 */
verdict: Verdict | null, 
/**
 * Fingerprints of the keys that went along.
 */
keys: Array<string>, 
/**
 * Key ids of the signers whose public key was found nowhere.
 */
missing: Array<string>, 
/**
 * Why it could not be made.
 */
error: UiError | null, };

export type SavedFile = { 
/**
 * Its name; `None` when the person changed their mind.
 */
name: string | null, };

export type RevocationCause = "compromised" | "superseded" | "retired";

export type SignWith = { 
/**
 * Fingerprint of one of the person's keys.
 */
fingerprint: string, 
/**
 * What opens it, unless it is not protected or its passphrase is kept.
 */
passphrase: string | null, 
/**
 * Keep the passphrase in the keychain once it has opened the key.
 */
keep: boolean, };

export type FileOrigin = { 
/**
 * The transfer that brought it.
 */
transferId: string, 
/**
 * The server.
 */
serverId: string, 
/**
 * The server's name.
 */
serverName: string, 
/**
 * The container.
 */
path: LibraryPath, 
/**
 * The tag that was fetched, if it was one.
 */
tag: string | null, 
/**
 * Reference to show: `library://entity/collection/container:tag`.
 */
reference: string, 
/**
 * When it arrived, RFC 3339.
 */
arrived: string | null, };

export type FileEntryKind = "folder" | "file" | "link" | "other";

export type FileEntry = { 
/**
 * The name, as the image has it.
 */
name: string, 
/**
 * What it is.
 */
kind: FileEntryKind, 
/**
 * Bytes, of a file.
 */
size: number | null, 
/**
 * Where a link leads.
 */
target: string | null, 
/**
 * Permissions as `ls -l` writes them: `drwxr-xr-x`.
 */
mode: string, 
/**
 * When it was changed last, RFC 3339.
 */
modified: string | null, };

export type FileListing = { 
/**
 * The folder.
 */
path: string, 
/**
 * What is in it, by name.
 */
entries: Array<FileEntry>, 
/**
 * Whether there are more than are listed.
 */
more: boolean, };

export type ObjectKind = "definition" | "metadata" | "file_system" | "signature" | "sbom" | "other";

export type ImageObject = { 
/**
 * Its id.
 */
id: number, 
/**
 * What kind of object it is.
 */
kind: ObjectKind, 
/**
 * Its kind in the words of the reference tools, such as `Def.FILE`.
 */
typeName: string, 
/**
 * What its metadata adds, such as `Squashfs, *System, amd64`.
 */
detail: string | null, 
/**
 * Its name.
 */
name: string | null, 
/**
 * The group that it is in.
 */
group: number | null, 
/**
 * What it belongs to: a group.
 */
linkGroup: number | null, 
/**
 * What it belongs to: an object.
 */
linkObject: number | null, 
/**
 * Where it begins in the file, in bytes.
 */
offset: number, 
/**
 * Bytes.
 */
size: number, };

export type NamedText = { 
/**
 * The name.
 */
name: string, 
/**
 * The text.
 */
text: string, };

export type RemotePlace = { 
/**
 * The image, as it was asked for.
 */
image: ImageRef, 
/**
 * The server's name.
 */
serverName: string, 
/**
 * Reference to show: `library://entity/collection/container:tag`.
 */
reference: string, 
/**
 * Bytes that have been fetched so far.
 */
read: number, 
/**
 * The most bytes that are fetched for one answer; whoever needs more downloads the image.
 */
most: number, };

export type InspectionView = { 
/**
 * The id it was opened under.
 */
fileId: string, 
/**
 * The file's name; `container:tag` of one in a library.
 */
name: string, 
/**
 * The folder it is in, the home folder as `~`. Empty when it is in a library.
 */
folder: string, 
/**
 * Where it is, when it is not on this computer.
 */
remote: RemotePlace | null, 
/**
 * It lies in quarantine.
 */
quarantined: boolean, 
/**
 * Where it is from, when a download brought it.
 */
origin: FileOrigin | null, 
/**
 * What was found when it arrived.
 */
check: FileCheck | null, 
/**
 * `sha256.<hex>`, when a download brought it or it is in a library.
 */
digest: string | null, 
/**
 * What header and descriptors say.
 */
facts: ImageFacts, 
/**
 * Where the first object begins, in bytes: header and descriptors are before it.
 */
headerSize: number, 
/**
 * Descriptors that can still be used.
 */
freeSlots: number, 
/**
 * All descriptors.
 */
slots: number, 
/**
 * Its objects, in the order of the descriptor table.
 */
objects: Array<ImageObject>, 
/**
 * Its labels, sorted by name.
 */
labels: Array<NamedText>, 
/**
 * What it was built from, such as `debian:bookworm-slim`.
 */
base: string | null, 
/**
 * The program it was built with.
 */
builtWith: string | null, 
/**
 * The definition file.
 */
definition: string | null, 
/**
 * Its scripts: `run`, `start`, `test`, `help`, and those that set its environment by their path inside.
 */
scripts: Array<NamedText>, 
/**
 * What is unusual about its layout, in the words of the reader.
 */
findings: Array<string>, 
/**
 * All of it as one JSON document, to read and to copy.
 */
raw: string, };

export type ComparedImage = { 
/**
 * The id it was opened under.
 */
fileId: string, 
/**
 * The file's name; `container:tag` of one in a library.
 */
name: string, 
/**
 * The folder it is in, the home folder as `~`. Empty when it is in a library.
 */
folder: string, 
/**
 * Where it is, when it is not on this computer.
 */
remote: RemotePlace | null, 
/**
 * Its architecture.
 */
arch: string | null, 
/**
 * Bytes.
 */
size: number, 
/**
 * `sha256.<hex>`, where it is known without reading all of the image.
 */
digest: string | null, 
/**
 * When it was made, RFC 3339.
 */
created: string | null, 
/**
 * The program it was built with.
 */
builtWith: string | null, 
/**
 * What it was built from.
 */
base: string | null, 
/**
 * What was found when it arrived.
 */
check: FileCheck | null, };

export type ChangeKind = "added" | "removed" | "changed";

export type ValueChange = { 
/**
 * Its name.
 */
name: string, 
/**
 * What happened to it.
 */
kind: ChangeKind, 
/**
 * The text in the first image.
 */
left: string | null, 
/**
 * The text in the second.
 */
right: string | null, };

export type ValueChanges = { 
/**
 * Those that differ, by name.
 */
changes: Array<ValueChange>, 
/**
 * How many are the same.
 */
same: number, 
/**
 * Whether more differ than are listed.
 */
more: boolean, };

export type LineKind = "same" | "added" | "removed" | "folded";

export type DiffLine = { 
/**
 * What it is.
 */
kind: LineKind, 
/**
 * Its number in the first text, from 1.
 */
left: number | null, 
/**
 * Its number in the second.
 */
right: number | null, 
/**
 * The line, without its end.
 */
text: string, 
/**
 * How many lines it stands for.
 */
count: number, };

export type TextChange = { 
/**
 * Its name: `run`, `start`, `test`, `help`, or a path inside.
 */
name: string, 
/**
 * What happened to it.
 */
kind: ChangeKind, 
/**
 * Lines that were added.
 */
added: number, 
/**
 * Lines that were removed.
 */
removed: number, 
/**
 * Its lines; those that are the same are folded away from the changes.
 */
lines: Array<DiffLine>, 
/**
 * Whether there are more lines than are listed.
 */
more: boolean, };

export type TextChanges = { 
/**
 * Those that differ.
 */
changes: Array<TextChange>, 
/**
 * How many are the same.
 */
same: number, };

export type KindSizes = { 
/**
 * The kind.
 */
kind: ObjectKind, 
/**
 * Bytes in the first.
 */
left: number, 
/**
 * Bytes in the second.
 */
right: number, 
/**
 * Objects in the first.
 */
leftCount: number, 
/**
 * Objects in the second.
 */
rightCount: number, };

export type ObjectChange = { 
/**
 * What happened to it.
 */
change: ChangeKind, 
/**
 * Its kind.
 */
kind: ObjectKind, 
/**
 * Its kind in the words of the reference tools, its name, and what its metadata adds.
 */
name: string, 
/**
 * Bytes in the first.
 */
left: number | null, 
/**
 * Bytes in the second.
 */
right: number | null, };

export type ObjectChanges = { 
/**
 * Those that differ, by name.
 */
changes: Array<ObjectChange>, 
/**
 * How many have the same kind, name and size. Their data is not compared.
 */
same: number, };

export type SoftwareLists = { 
/**
 * Formats of the lists that were read, such as `spdx-json`.
 */
read: Array<string>, 
/**
 * Formats of those that were not: of another kind, too large, or damaged.
 */
unread: Array<string>, 
/**
 * Packages in the lists that were read.
 */
packages: number, };

export type SoftwareComparison = { 
/**
 * The lists in the first.
 */
left: SoftwareLists, 
/**
 * The lists in the second.
 */
right: SoftwareLists, 
/**
 * Packages that differ, with their versions. Only when both images carry a list that could be read.
 */
packages: ValueChanges | null, };

export type ComparisonView = { 
/**
 * The first.
 */
left: ComparedImage, 
/**
 * The second.
 */
right: ComparedImage, 
/**
 * Whether they are known to be the same, byte for byte.
 */
same: boolean, 
/**
 * Whether both carry a definition file; one that does not cannot be compared.
 */
definitions: [boolean, boolean], 
/**
 * The definition file, when it differs.
 */
definition: TextChange | null, 
/**
 * Labels.
 */
labels: ValueChanges, 
/**
 * Environment variables and the scripts that set them.
 */
environment: TextChanges, 
/**
 * What the container does when it is run, started, tested or asked for help.
 */
scripts: TextChanges, 
/**
 * Objects.
 */
objects: ObjectChanges, 
/**
 * Bytes by kind of object, in the order of the kinds.
 */
sizes: Array<KindSizes>, 
/**
 * Software, when either carries a list.
 */
software: SoftwareComparison | null, 
/**
 * What could not be read, in the words of the reader.
 */
findings: Array<string>, };

export type ServiceKind = "library" | "keys" | "builder" | "registry";

export type ServiceAddress = { 
/**
 * The service.
 */
service: ServiceKind, 
/**
 * Where the server says it is; `null` when it names none.
 */
discovered: string | null, 
/**
 * Where a person says it is; that counts.
 */
entered: string | null, };

export type ServerAddresses = { 
/**
 * The server.
 */
serverId: string, 
/**
 * Library, keys, builder, registry, in this order.
 */
services: Array<ServiceAddress>, };

export type ServerAddressesSet = { 
/**
 * The server.
 */
serverId: string, 
/**
 * The library.
 */
library: string | null, 
/**
 * The key server.
 */
keys: string | null, 
/**
 * The build service.
 */
builder: string | null, 
/**
 * The registry behind the library.
 */
registry: string | null, };

export type Diagnose = { 
/**
 * The connected server.
 */
serverId: string | null, 
/**
 * The address, where no server is named.
 */
address: string | null, 
/**
 * Ask a server without encryption, after a warning. Loopback needs no consent.
 */
allowHttp: boolean, };

export type DiagnosisRef = { 
/**
 * The diagnosis.
 */
diagnosisId: string, };

export type CheckKind = "name" | "proxy" | "connection" | "encryption" | "discovery" | "library" | "keys" | "builder" | "registry" | "sign_in" | "account";

export type SkipReason = "earlier" | "stopped" | "no_proxy" | "number" | "by_proxy" | "not_encrypted" | "no_sign_in_page" | "signed_out" | "no_token_service";

export type Seen = { "kind": "addresses", 
/**
 * Numbers.
 */
addresses: Array<string>, } | { "kind": "connected", 
/**
 * Who: an address and a port, or a proxy.
 */
to: string, } | { "kind": "through", 
/**
 * Host and port of the proxy.
 */
proxy: string, 
/**
 * Whether the operating system named it.
 */
system: boolean, } | { "kind": "secured", 
/**
 * Who vouches for the certificate.
 */
issuer: string, 
/**
 * Until when it is good, RFC 3339.
 */
until: string, 
/**
 * Whether a person has accepted exactly this certificate.
 */
pinned: boolean, } | { "kind": "services", 
/**
 * How many it names.
 */
count: number, } | { "kind": "library_itself" } | { "kind": "version", 
/**
 * In its own words, at most 40 characters.
 */
version: string, } | { "kind": "answers" } | { "kind": "sign_in_page", 
/**
 * How many other providers it takes sign-ins from.
 */
providers: number, } | { "kind": "signed_in", 
/**
 * Whose it is.
 */
login: string, };

export type CheckOutcome = { "kind": "waiting" } | { "kind": "running" } | { "kind": "good", 
/**
 * What was seen.
 */
seen: Seen, } | { "kind": "bad", 
/**
 * Why.
 */
error: UiError, } | { "kind": "skipped", 
/**
 * Why not.
 */
why: SkipReason, };

export type Check = { 
/**
 * What it is.
 */
kind: CheckKind, 
/**
 * What was found.
 */
outcome: CheckOutcome, };

export type DiagnosedHost = { 
/**
 * Host and port as people write them.
 */
host: string, 
/**
 * In the order in which one needs the other.
 */
checks: Array<Check>, };

export type DiagnosisView = { 
/**
 * Opaque id.
 */
id: string, 
/**
 * What is looked at: the server's name, or the address.
 */
subject: string, 
/**
 * Whether all is said.
 */
done: boolean, 
/**
 * By host, the one that was typed first.
 */
hosts: Array<DiagnosedHost>, };

export type ProxyMode = "system" | "direct" | "manual";

export type ProxyKind = "http" | "https" | "socks5";

export type ProxySettings = { 
/**
 * Through what requests go.
 */
mode: ProxyMode, 
/**
 * The language of the manual proxy.
 */
kind: ProxyKind, 
/**
 * Its host; empty when none was ever entered.
 */
host: string, 
/**
 * Its port, 1 to 65535; 0 when none was ever entered.
 */
port: number, 
/**
 * The name to sign in with there; empty for none.
 */
user: string, 
/**
 * Hosts that are reached directly: names with everything below them, addresses, and ranges.
 */
bypass: Array<string>, };

export type ProxyPassword = { 
/**
 * The password.
 */
password: string, };

export type CertificateView = { 
/**
 * SHA-256, `AB:CD:…`.
 */
fingerprint: string, 
/**
 * Whose it is.
 */
subject: string, 
/**
 * Who says so.
 */
issuer: string, 
/**
 * From when it is good, RFC 3339.
 */
from: string, 
/**
 * Until when, RFC 3339.
 */
until: string, 
/**
 * Whether it has ended.
 */
ended: boolean, 
/**
 * The hosts it is for, at most twenty.
 */
names: Array<string>, };

export type TrustedHost = { 
/**
 * The host, without a port.
 */
host: string, 
/**
 * Its certificate.
 */
certificate: CertificateView, };

export type NetworkView = { 
/**
 * The proxy as it is set.
 */
proxy: ProxySettings, 
/**
 * Where the password for that proxy is kept; `null` when there is none.
 */
password: Storage | null, 
/**
 * Host and port of the proxy that requests to other machines go through now.
 */
inUse: string | null, 
/**
 * Authorities that are believed beside those of the operating system.
 */
authorities: Array<CertificateView>, 
/**
 * Certificates that are believed for one host each.
 */
trusted: Array<TrustedHost>, };

export type AuthorityRef = { 
/**
 * SHA-256, `AB:CD:…`.
 */
fingerprint: string, };

export type ShownCertificate = { 
/**
 * The host, without a port.
 */
host: string, 
/**
 * SHA-256, `AB:CD:…`.
 */
fingerprint: string, };

export type TrustedHostRef = { 
/**
 * The host, without a port.
 */
host: string, };

export type CertificateQuestion = { 
/**
 * The host that showed it.
 */
host: string, 
/**
 * What it showed.
 */
shown: CertificateView, 
/**
 * What was accepted there before, when that is why this one is refused.
 */
accepted: CertificateView | null, 
/**
 * Whether a person may accept it: nobody known vouches for it, and nothing else is wrong with it.
 */
acceptable: boolean, };

export type DropPhase = "enter" | "over" | "leave";

export type AppEvent = { "kind": "transfers", 
/**
 * All of them.
 */
list: TransferList, } | { "kind": "servers", 
/**
 * All of them.
 */
servers: Array<ServerView>, } | { "kind": "sign_in", 
/**
 * The attempt.
 */
signIn: SignInView, } | { "kind": "diagnosis", 
/**
 * All that was found so far.
 */
diagnosis: DiagnosisView, } | { "kind": "bundle", 
/**
 * How far it is.
 */
bundle: BundleView, } | { "kind": "key_revoked", 
/**
 * The key, and what it has signed.
 */
key: RevokedKey, } | { "kind": "keychain", 
/**
 * Whether it waits.
 */
waiting: boolean, } | { "kind": "vault_locked" } | { "kind": "library_changed", 
/**
 * The server.
 */
serverId: string, } | { "kind": "settings", 
/**
 * The settings.
 */
settings: SettingsView, } | { "kind": "drag", 
/**
 * Where the drag stands.
 */
phase: DropPhase, 
/**
 * Number of files.
 */
files: number, 
/**
 * Position in CSS pixels.
 */
x: number, 
/**
 * Position in CSS pixels.
 */
y: number, } | { "kind": "opened", 
/**
 * The id it was opened under.
 */
fileId: string, } | { "kind": "dropped", 
/**
 * The sheet made for them.
 */
sheet: DraftSheet, 
/**
 * Position in CSS pixels, when they were dropped.
 */
x: number, 
/**
 * Position in CSS pixels, when they were dropped.
 */
y: number, };

export type Nothing = Record<symbol, never>;

export type ServerRef = { 
/**
 * The server.
 */
serverId: string, };

export type ServerConnect = { 
/**
 * A host, a URL or a pasted link.
 */
address: string, 
/**
 * Accept a server without encryption, after a warning. Loopback needs no consent.
 */
allowHttp: boolean, };

export type SignInStart = { 
/**
 * The server.
 */
serverId: string, 
/**
 * Where the person signs in.
 */
how: SignInHow, 
/**
 * As somebody else than who is signed in there, beside them.
 */
another: boolean, 
/**
 * The provider to go to at once, one of those the server's view names. Without one the person chooses in the
 * browser; a code for another device takes no account of it.
 */
provider?: string, 
/**
 * What the sign-in has to allow beside what it allows now, where a server has said so: the `scopes` of
 * `scope_missing`, separated by blanks. Without it the server decides.
 */
scopes?: string, };

export type SignInRef = { 
/**
 * The attempt.
 */
signInId: string, };

export type AccountRef = { 
/**
 * The account.
 */
accountId: string, };

export type TokenRef = { 
/**
 * The server.
 */
serverId: string, 
/**
 * The token.
 */
tokenId: string, };

export type TokenMake = { 
/**
 * The server.
 */
serverId: string, 
/**
 * What to call it, 1 to 100 characters.
 */
name: string, 
/**
 * How many days it is good for, at most 3660; without end if not given.
 */
days: number | null, 
/**
 * It can fetch and not send.
 */
readOnly: boolean, };

export type CommandWrite = { 
/**
 * The account.
 */
accountId: string, 
/**
 * The program.
 */
program: CommandProgram, 
/**
 * Make its server the one that the program uses when none is named.
 */
activate: boolean, };

export type ImportTake = { 
/**
 * The item.
 */
itemId: string, 
/**
 * Accept a server without encryption, after a warning. Loopback needs no consent.
 */
allowHttp: boolean, };

export type EntityRef = { 
/**
 * The server.
 */
serverId: string, 
/**
 * The entity.
 */
entity: string, };

export type CollectionRef = { 
/**
 * The server.
 */
serverId: string, 
/**
 * The entity.
 */
entity: string, 
/**
 * The collection.
 */
collection: string, };

export type ContainerRef = { 
/**
 * The server.
 */
serverId: string, 
/**
 * The container.
 */
path: LibraryPath, };

export type ImageRef = { 
/**
 * The server.
 */
serverId: string, 
/**
 * The container.
 */
path: LibraryPath, 
/**
 * Tag or digest.
 */
tag: string, 
/**
 * Architecture.
 */
arch: string, };

export type Search = { 
/**
 * At least three characters.
 */
text: string, 
/**
 * Where.
 */
scope: SearchScope, };

export type LinkText = { 
/**
 * The text.
 */
text: string, };

export type CopyText = { 
/**
 * The text.
 */
text: string, };

export type OpenPage = { 
/**
 * The page.
 */
url: string, };

export type FilePath = { 
/**
 * The path.
 */
path: string, };

export type SheetRef = { 
/**
 * The sheet.
 */
sheetId: string, };

export type Upload = { 
/**
 * The sheet.
 */
sheetId: string, 
/**
 * The server.
 */
serverId: string, 
/**
 * One item per file that is to be sent.
 */
items: Array<UploadItem>, 
/**
 * Sign the files before they are sent. The plan needs no passphrase.
 */
sign?: SignWith, };

export type FileRef = { 
/**
 * The file.
 */
fileId: string, };

export type SheetFile = { 
/**
 * The sheet.
 */
sheetId: string, 
/**
 * The file.
 */
fileId: string, };

export type Compare = { 
/**
 * The one that is there already, so to speak.
 */
left: string, 
/**
 * The one that it is compared with.
 */
right: string, };

export type FilePlace = { 
/**
 * The file.
 */
fileId: string, 
/**
 * The path inside, from the root: `/usr/bin`.
 */
path: string, };

export type FileObject = { 
/**
 * The file.
 */
fileId: string, 
/**
 * Its id.
 */
object: number, };

export type FileSign = { 
/**
 * The file.
 */
fileId: string, 
/**
 * The key.
 */
with: SignWith, };

export type KeyRef = { 
/**
 * Fingerprint of its primary key.
 */
fingerprint: string, };

export type KeyMake = { 
/**
 * Its name, usually `Name <address>`.
 */
name: string, 
/**
 * RSA with 4096 bits instead of Ed25519.
 */
rsa: boolean, 
/**
 * In how many days it ends, at most 3660; without end if not given.
 */
days: number | null, 
/**
 * What protects it.
 */
passphrase: string | null, 
/**
 * Keep the passphrase in the keychain.
 */
keep: boolean, };

export type KeyExport = { 
/**
 * Fingerprint of its primary key.
 */
fingerprint: string, 
/**
 * The secret part, as a backup.
 */
secret: boolean, };

export type KeyLend = { 
/**
 * Fingerprint of its primary key.
 */
fingerprint: string, 
/**
 * The tool.
 */
tool: KeyPlace, 
/**
 * Whether the secret part goes there too, so that the tool can sign.
 */
secret: boolean, };

export type KeyRevoke = { 
/**
 * Fingerprint of its primary key.
 */
fingerprint: string, 
/**
 * Why.
 */
cause: RevocationCause, 
/**
 * What opens it.
 */
passphrase: string | null, };

export type KeyExpiry = { 
/**
 * Fingerprint of its primary key.
 */
fingerprint: string, 
/**
 * In how many days it ends, at most 3660; without end if not given.
 */
days: number | null, 
/**
 * What opens it.
 */
passphrase: string | null, };

export type Destination = { 
/**
 * The server.
 */
serverId: string, 
/**
 * What has been typed: `ada/gen`.
 */
text: string, };

export type Download = { 
/**
 * The image.
 */
image: ImageRef, 
/**
 * What to do when the name is taken.
 */
clash: ClashPolicy, };

export type VaultPassphrase = { 
/**
 * What the person has typed. It goes nowhere but here.
 */
passphrase: string, };

export type TransferRef = { 
/**
 * The transfer.
 */
transferId: string, };

export type TransferReport = { 
/**
 * The transfer.
 */
transferId: string, 
/**
 * What the window says about it; may be empty.
 */
said: string, };

export type TransferMove = { 
/**
 * The transfer.
 */
transferId: string, 
/**
 * New place in the queue, from 0.
 */
position: number, };

/** Request and answer of every command. */
export type Commands = {
  app_state: [Nothing, AppView];
  app_open_page: [OpenPage, Nothing];
  app_copy: [CopyText, Nothing];
  app_show_data_folder: [Nothing, Nothing];
  app_understand: [LinkText, LinkTarget];
  settings_get: [Nothing, SettingsView];
  settings_set: [SettingsPatch, SettingsView];
  settings_choose_folder: [Nothing, SettingsView];
  server_list: [Nothing, Array<ServerView>];
  server_connect: [ServerConnect, ServerView];
  server_refresh: [ServerRef, ServerView];
  server_remove: [ServerRef, Nothing];
  server_start_local: [Nothing, ServerView];
  server_stop_local: [Nothing, ServerView];
  server_addresses: [ServerRef, ServerAddresses];
  server_set_addresses: [ServerAddressesSet, ServerAddresses];
  diagnosis_start: [Diagnose, DiagnosisView];
  diagnosis_stop: [DiagnosisRef, Nothing];
  diagnosis_copy_report: [DiagnosisRef, Nothing];
  network_get: [Nothing, NetworkView];
  network_set_proxy: [ProxySettings, NetworkView];
  network_set_password: [ProxyPassword, NetworkView];
  network_forget_password: [Nothing, NetworkView];
  network_add_authority: [Nothing, NetworkView];
  network_remove_authority: [AuthorityRef, NetworkView];
  network_forget_host: [TrustedHostRef, NetworkView];
  certificate_show: [ShownCertificate, CertificateQuestion];
  certificate_trust: [ShownCertificate, NetworkView];
  provider_clients: [Nothing, Array<ProviderClient>];
  provider_client_set: [ProviderClientSet, Array<ProviderClient>];
  provider_client_paste_secret: [ProviderClientRef, Array<ProviderClient>];
  provider_client_forget_secret: [ProviderClientRef, Array<ProviderClient>];
  sign_in_start: [SignInStart, SignInView];
  sign_in_open_again: [SignInRef, Nothing];
  sign_in_copy_link: [SignInRef, Nothing];
  sign_in_cancel: [SignInRef, Nothing];
  sign_in_open_token_page: [ServerRef, Nothing];
  sign_in_check_token: [ServerRef, TokenOwner];
  sign_in_paste_token: [ServerRef, ServerView];
  sign_in_drop_token: [Nothing, Nothing];
  account_sign_out: [AccountRef, Nothing];
  vault_create: [VaultPassphrase, AppView];
  vault_open: [VaultPassphrase, AppView];
  vault_close: [Nothing, AppView];
  vault_forget: [Nothing, AppView];
  account_use: [AccountRef, Nothing];
  token_list: [ServerRef, TokenList];
  token_make: [TokenMake, TokenRow];
  token_copy: [TokenRef, Nothing];
  token_seen: [TokenRef, Nothing];
  token_revoke: [TokenRef, Nothing];
  command_plan: [AccountRef, CommandPlan];
  command_write: [CommandWrite, CommandDone];
  import_find: [Nothing, ImportList];
  import_take: [ImportTake, ServerView];
  library_entities: [ServerRef, Array<EntityRow>];
  library_entity: [EntityRef, EntityPage];
  library_collection: [CollectionRef, CollectionPage];
  library_container: [ContainerRef, ContainerPage];
  library_search: [Search, SearchPage];
  library_delete_image: [ImageRef, Nothing];
  upload_choose: [Nothing, DraftSheet];
  upload_add_path: [FilePath, DraftSheet];
  upload_sheet: [SheetRef, DraftSheet];
  upload_discard: [SheetRef, Nothing];
  upload_destinations: [Destination, Array<string>];
  upload_plan: [Upload, UploadPlan];
  upload_start: [Upload, Array<string>];
  download_plan: [ImageRef, DownloadPlan];
  download_start: [Download, string];
  transfer_list: [Nothing, TransferList];
  transfer_pause: [TransferRef, Nothing];
  transfer_resume: [TransferRef, Nothing];
  transfer_cancel: [TransferRef, Nothing];
  transfer_retry: [TransferRef, Nothing];
  transfer_remove: [TransferRef, Nothing];
  transfer_move: [TransferMove, Nothing];
  transfer_pause_all: [Nothing, Nothing];
  transfer_resume_all: [Nothing, Nothing];
  transfer_clear: [Nothing, Nothing];
  transfer_reveal: [TransferRef, Nothing];
  transfer_delete_file: [TransferRef, Nothing];
  transfer_copy_report: [TransferReport, Nothing];
  inspect_choose: [Nothing, Array<string>];
  inspect_transfer: [TransferRef, string];
  inspect_image: [ImageRef, string];
  inspect_draft: [SheetFile, string];
  inspect_read: [FileRef, number];
  inspect_file: [FileRef, InspectionView];
  inspect_list: [FilePlace, FileListing];
  inspect_extract: [FilePlace, SavedFile];
  inspect_extract_object: [FileObject, SavedFile];
  inspect_check: [FileRef, VerificationView];
  inspect_glance: [ImageRef, FileCheck];
  inspect_compare: [Compare, ComparisonView];
  inspect_sign: [FileSign, SignedView];
  inspect_reveal: [FileRef, Nothing];
  inspect_upload: [FileRef, DraftSheet];
  key_list: [Nothing, KeyList];
  key_make: [KeyMake, KeyView];
  key_import: [Nothing, KeysImported];
  key_export: [KeyExport, SavedFile];
  key_lend: [KeyLend, KeyLent];
  key_trust: [KeyRef, KeyView];
  key_distrust: [KeyRef, Nothing];
  key_remove: [KeyRef, Nothing];
  key_revoke: [KeyRevoke, SavedFile];
  key_set_expiry: [KeyExpiry, KeyView];
  key_forget_passphrase: [KeyRef, Nothing];
  key_publish_plan: [KeyRef, PublishPlan];
  key_publish: [KeyPublish, KeyPublication];
  key_search: [KeySearch, KeysFound];
  key_fetch: [KeyFetch, KeyView];
  key_servers: [Nothing, KeyServers];
  key_servers_set: [KeyServersSet, KeyServers];
  key_server_test: [KeyServerRef, Nothing];
  key_recheck: [Nothing, KeysRechecked];
  key_dismiss_revoked: [KeyRef, Nothing];
  bundle_place: [FileRef, BundlePlace];
  bundle_choose_folder: [FileRef, BundlePlace];
  bundle_start: [BundleStart, BundleView];
  bundle_cancel: [BundleRef, Nothing];
  bundle_reveal: [BundleRef, Nothing];
};
