//! Renders the contract as TypeScript. `cargo xtask generate` writes it to `ui/src/contract/generated.ts`;
//! a test compares the committed file with a fresh rendering.

use ts_rs::{Config, TS};

use crate::{commands, requests};

/// The declaration of one type, exported.
pub(crate) fn declaration<T: TS>(config: &Config) -> String {
    format!("export {}", T::decl(config))
}

/// The whole file.
#[must_use]
pub fn render() -> String {
    let config = Config::new().with_large_int("number");
    let mut out =
        vec!["// Made from crates/contract by `cargo xtask generate`. Do not edit.".to_owned()];
    macro_rules! declare {
        ($($type:ident),* $(,)?) => { $(out.push(declaration::<crate::$type>(&config));)* };
    }
    declare!(
        ErrorCode,
        Retry,
        UiError,
        Theme,
        AppView,
        LimitHours,
        SpeedLimits,
        SettingsView,
        SettingsPatch,
        ServerKind,
        ServerState,
        Capabilities,
        Quota,
        Storage,
        VaultState,
        KeychainState,
        Ending,
        AccountView,
        SignInProviderKind,
        SignInProvider,
        SignInWay,
        ServerView,
        SignInHow,
        SignInPhase,
        ProviderSecret,
        ProviderClient,
        ProviderClientSet,
        ProviderClientRef,
        TokenOwner,
        SignInCode,
        SignInView,
        TokenRow,
        TokenList,
        CommandProgram,
        CommandTarget,
        CommandPlan,
        CommandDone,
        ImportSource,
        ImportItem,
        ImportTrouble,
        ImportList,
        LibraryPath,
        EntityRow,
        EntityPage,
        CollectionRow,
        CollectionPage,
        ContainerRow,
        ArchColumn,
        ImageCell,
        TagRow,
        CommandFlavour,
        ContainerPage,
        SearchScope,
        SearchHit,
        SearchPage,
        LinkTarget,
        ImageFacts,
        DraftFile,
        DraftSheet,
        UploadItem,
        TagEffect,
        UploadItemPlan,
        CapabilityNote,
        UploadPlan,
        Direction,
        DoneHow,
        Phase,
        Parts,
        LinkCheck,
        TransferView,
        TransferList,
        ClashPolicy,
        DownloadPlan,
        Verdict,
        VerdictReason,
        CheckedContents,
        SignerView,
        FileCheck,
        SignatureForm,
        SignatureView,
        VerificationView,
        SignedView,
        KeyStanding,
        KeyPlace,
        KeyLent,
        KeyView,
        KeyTrust,
        KeyPublication,
        KeyRow,
        KeyList,
        KeysImported,
        KeyServer,
        KeyServers,
        KeyServersSet,
        KeyServerRef,
        PublishPlace,
        PublishPlan,
        KeyPublish,
        KeySearch,
        KeyFetch,
        FoundKey,
        SilentKeyServer,
        KeysFound,
        SignedDownload,
        RevokedKey,
        KeysRechecked,
        BundlePlace,
        BundleStart,
        BundleRef,
        BundlePhase,
        BundleView,
        SavedFile,
        RevocationCause,
        SignWith,
        FileOrigin,
        FileEntryKind,
        FileEntry,
        FileListing,
        ObjectKind,
        ImageObject,
        NamedText,
        RemotePlace,
        InspectionView,
        ComparedImage,
        ChangeKind,
        ValueChange,
        ValueChanges,
        LineKind,
        DiffLine,
        TextChange,
        TextChanges,
        KindSizes,
        ObjectChange,
        ObjectChanges,
        SoftwareLists,
        SoftwareComparison,
        ComparisonView,
        ServiceKind,
        ServiceAddress,
        ServerAddresses,
        ServerAddressesSet,
        Diagnose,
        DiagnosisRef,
        CheckKind,
        SkipReason,
        Seen,
        CheckOutcome,
        Check,
        DiagnosedHost,
        DiagnosisView,
        ProxyMode,
        ProxyKind,
        ProxySettings,
        ProxyPassword,
        CertificateView,
        TrustedHost,
        NetworkView,
        AuthorityRef,
        ShownCertificate,
        TrustedHostRef,
        CertificateQuestion,
        DropPhase,
        AppEvent,
        Nothing,
    );
    requests::render(&config, &mut out);
    let mut rows = vec![
        "/** Request and answer of every command. */".to_owned(),
        "export type Commands = {".to_owned(),
    ];
    rows.extend(commands::typescript_rows(&config));
    rows.push("};".to_owned());
    out.push(rows.join("\n"));
    out.join("\n\n") + "\n"
}

#[cfg(test)]
mod tests {
    /// Compares, or writes where `cargo xtask generate` says.
    #[test]
    fn the_committed_typescript_is_current() {
        if let Some(path) = std::env::var_os("SIFTER_WRITE_GENERATED") {
            std::fs::write(path, super::render()).unwrap();
            return;
        }
        let path = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../ui/src/contract/generated.ts"
        );
        let committed = std::fs::read_to_string(path).unwrap_or_default();
        assert!(
            committed == super::render(),
            "run `cargo xtask generate`: the contract changed"
        );
    }

    #[test]
    fn no_type_of_the_contract_has_a_field_for_a_secret() {
        let rendered = super::render();
        // What a person types goes towards Rust only: a request is of that type, and nothing else.
        assert!(rendered.contains("[ProxyPassword, "));
        assert_eq!(rendered.matches("ProxyPassword").count(), 2);
        let declarations = rendered.split("\n\n");
        for declaration in declarations.filter(|text| !text.contains("type ProxyPassword =")) {
            let fields = declaration.to_lowercase();
            for word in [
                "accesstoken",
                "refreshtoken",
                "password: string",
                "secret: string",
            ] {
                assert!(
                    !fields.contains(word),
                    "`{word}` must not cross to the window: {declaration}"
                );
            }
        }
    }
}
