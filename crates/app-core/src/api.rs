//! The contract's commands, each handed to the part that knows about it.

use sifter_contract::requests::{
    AccountRef, CollectionRef, CommandWrite, Compare, ContainerRef, CopyText, Destination,
    Download, EntityRef, FileObject, FilePath, FilePlace, FileRef, FileSign, ImageRef, ImportTake,
    KeyExpiry, KeyExport, KeyLend, KeyMake, KeyRef, KeyRevoke, LinkText, OpenPage, Search,
    ServerConnect, ServerRef, SheetFile, SheetRef, SignInRef, SignInStart, TokenMake, TokenRef,
    TransferMove, TransferRef, TransferReport, Upload, VaultPassphrase,
};
use sifter_contract::{
    Api, AppView, AuthorityRef, BundlePlace, BundleRef, BundleStart, BundleView,
    CertificateQuestion, CollectionPage, CommandDone, CommandPlan, ComparisonView, ContainerPage,
    Diagnose, DiagnosisRef, DiagnosisView, DownloadPlan, DraftSheet, EntityPage, EntityRow,
    FileCheck, FileListing, ImportList, InspectionView, KeyFetch, KeyLent, KeyList, KeyPublication,
    KeyPublish, KeySearch, KeyServerRef, KeyServers, KeyServersSet, KeyView, KeysFound,
    KeysImported, KeysRechecked, LinkTarget, NetworkView, Nothing, ProviderClient,
    ProviderClientRef, ProviderClientSet, ProxyPassword, ProxySettings, PublishPlan, SavedFile,
    SearchPage, ServerAddresses, ServerAddressesSet, ServerView, SettingsPatch, SettingsView,
    ShownCertificate, SignInView, SignedView, TokenList, TokenOwner, TokenRow, TransferList,
    TrustedHostRef, UiError, UploadPlan, VerificationView,
};

use crate::app::AppCore;

/// The answer of a command without a result.
fn nothing(_: ()) -> Nothing {
    Nothing {}
}

/// The answer of a command about every transfer.
fn moved(done: Result<(), sifter_transfer::Error>) -> Result<Nothing, UiError> {
    done.map(nothing)
        .map_err(|error| crate::errors::engine(&error))
}

impl Api for AppCore {
    async fn app_state(&self, _: Nothing) -> Result<AppView, UiError> {
        Ok(self.view().await)
    }
    async fn app_open_page(&self, request: OpenPage) -> Result<Nothing, UiError> {
        self.open_page(&request.url).map(nothing)
    }
    async fn app_copy(&self, request: CopyText) -> Result<Nothing, UiError> {
        self.copy(&request.text).map(nothing)
    }
    async fn app_show_data_folder(&self, _: Nothing) -> Result<Nothing, UiError> {
        self.show_data_folder().map(nothing)
    }
    async fn app_understand(&self, request: LinkText) -> Result<LinkTarget, UiError> {
        Ok(self.understand(&request.text).await)
    }

    async fn settings_get(&self, _: Nothing) -> Result<SettingsView, UiError> {
        Ok(self.settings.view())
    }
    async fn settings_set(&self, request: SettingsPatch) -> Result<SettingsView, UiError> {
        self.change_settings(&request).await
    }
    async fn settings_choose_folder(&self, _: Nothing) -> Result<SettingsView, UiError> {
        self.choose_download_folder().await
    }

    async fn server_list(&self, _: Nothing) -> Result<Vec<ServerView>, UiError> {
        Ok(self.servers.views().await)
    }
    async fn server_connect(&self, request: ServerConnect) -> Result<ServerView, UiError> {
        let id = self
            .servers
            .connect(&request.address, request.allow_http)
            .await?;
        self.server_view(&id).await
    }
    async fn server_refresh(&self, request: ServerRef) -> Result<ServerView, UiError> {
        self.servers.refresh(&request.server_id).await?;
        self.server_view(&request.server_id).await
    }
    async fn server_remove(&self, request: ServerRef) -> Result<Nothing, UiError> {
        self.remove_server(&request.server_id).await.map(nothing)
    }
    async fn server_start_local(&self, _: Nothing) -> Result<ServerView, UiError> {
        self.start_local_library().await
    }
    async fn server_stop_local(&self, _: Nothing) -> Result<ServerView, UiError> {
        self.stop_local_library().await
    }
    async fn server_addresses(&self, request: ServerRef) -> Result<ServerAddresses, UiError> {
        self.servers.addresses(&request.server_id)
    }
    async fn server_set_addresses(
        &self,
        request: ServerAddressesSet,
    ) -> Result<ServerAddresses, UiError> {
        self.servers.set_addresses(request).await
    }

    async fn diagnosis_start(&self, request: Diagnose) -> Result<DiagnosisView, UiError> {
        self.diagnose(request).await
    }
    async fn diagnosis_stop(&self, request: DiagnosisRef) -> Result<Nothing, UiError> {
        self.stop_diagnosis(&request.diagnosis_id);
        Ok(Nothing {})
    }
    async fn diagnosis_copy_report(&self, request: DiagnosisRef) -> Result<Nothing, UiError> {
        self.copy_diagnosis(&request.diagnosis_id).map(nothing)
    }

    async fn network_get(&self, _: Nothing) -> Result<NetworkView, UiError> {
        Ok(self.reach.view().await)
    }
    async fn network_set_proxy(&self, request: ProxySettings) -> Result<NetworkView, UiError> {
        self.set_proxy(request).await
    }
    async fn network_set_password(&self, request: ProxyPassword) -> Result<NetworkView, UiError> {
        self.set_proxy_password(request).await
    }
    async fn network_forget_password(&self, _: Nothing) -> Result<NetworkView, UiError> {
        self.forget_proxy_password().await
    }
    async fn network_add_authority(&self, _: Nothing) -> Result<NetworkView, UiError> {
        self.add_authority().await
    }
    async fn network_remove_authority(
        &self,
        request: AuthorityRef,
    ) -> Result<NetworkView, UiError> {
        self.remove_authority(&request.fingerprint).await
    }
    async fn network_forget_host(&self, request: TrustedHostRef) -> Result<NetworkView, UiError> {
        self.forget_host(request.host).await
    }

    async fn certificate_show(
        &self,
        request: ShownCertificate,
    ) -> Result<CertificateQuestion, UiError> {
        self.show_certificate(&request)
    }
    async fn certificate_trust(&self, request: ShownCertificate) -> Result<NetworkView, UiError> {
        self.trust_certificate(&request).await
    }

    async fn provider_clients(&self, _: Nothing) -> Result<Vec<ProviderClient>, UiError> {
        Ok(AppCore::provider_clients(self))
    }
    async fn provider_client_set(
        &self,
        request: ProviderClientSet,
    ) -> Result<Vec<ProviderClient>, UiError> {
        self.set_provider_client(request).await
    }
    async fn provider_client_paste_secret(
        &self,
        request: ProviderClientRef,
    ) -> Result<Vec<ProviderClient>, UiError> {
        self.paste_client_secret(request.kind).await
    }
    async fn provider_client_forget_secret(
        &self,
        request: ProviderClientRef,
    ) -> Result<Vec<ProviderClient>, UiError> {
        self.forget_client_secret(request.kind).await
    }

    async fn sign_in_start(&self, request: SignInStart) -> Result<SignInView, UiError> {
        self.begin_sign_in(&request).await
    }
    async fn sign_in_open_again(&self, request: SignInRef) -> Result<Nothing, UiError> {
        self.open_again(&request.sign_in_id).await.map(nothing)
    }
    async fn sign_in_copy_link(&self, request: SignInRef) -> Result<Nothing, UiError> {
        self.copy_sign_in_link(&request.sign_in_id).map(nothing)
    }
    async fn sign_in_cancel(&self, request: SignInRef) -> Result<Nothing, UiError> {
        // One that has ended already is as cancelled as it can be.
        if let Ok(attempt) = self.attempt(&request.sign_in_id) {
            attempt.cancel();
        }
        Ok(Nothing {})
    }
    async fn sign_in_open_token_page(&self, request: ServerRef) -> Result<Nothing, UiError> {
        self.open_token_page(&request.server_id).await.map(nothing)
    }
    async fn sign_in_check_token(&self, request: ServerRef) -> Result<TokenOwner, UiError> {
        self.check_token(&request.server_id).await
    }
    async fn sign_in_drop_token(&self, _: Nothing) -> Result<Nothing, UiError> {
        self.pasted.forget();
        Ok(Nothing {})
    }
    async fn sign_in_paste_token(&self, request: ServerRef) -> Result<ServerView, UiError> {
        self.paste_token(&request.server_id).await
    }

    async fn account_sign_out(&self, request: AccountRef) -> Result<Nothing, UiError> {
        self.sign_out(&request.account_id).await.map(nothing)
    }

    async fn vault_create(&self, request: VaultPassphrase) -> Result<AppView, UiError> {
        self.create_vault(request.passphrase.into_secret()).await
    }
    async fn vault_open(&self, request: VaultPassphrase) -> Result<AppView, UiError> {
        self.open_vault(request.passphrase.into_secret()).await
    }
    async fn vault_close(&self, _: Nothing) -> Result<AppView, UiError> {
        self.close_vault().await
    }
    async fn vault_forget(&self, _: Nothing) -> Result<AppView, UiError> {
        self.forget_vault().await
    }

    async fn account_use(&self, request: AccountRef) -> Result<Nothing, UiError> {
        self.use_account(&request.account_id).await.map(nothing)
    }

    async fn token_list(&self, request: ServerRef) -> Result<TokenList, UiError> {
        self.tokens(&request.server_id).await
    }
    async fn token_make(&self, request: TokenMake) -> Result<TokenRow, UiError> {
        self.make_token(request).await
    }
    async fn token_copy(&self, request: TokenRef) -> Result<Nothing, UiError> {
        self.copy_token(&request.server_id, &request.token_id)
            .map(nothing)
    }
    async fn token_seen(&self, request: TokenRef) -> Result<Nothing, UiError> {
        self.forget_token(&request.server_id, &request.token_id);
        Ok(Nothing {})
    }
    async fn token_revoke(&self, request: TokenRef) -> Result<Nothing, UiError> {
        self.revoke_token(&request.server_id, &request.token_id)
            .await
            .map(nothing)
    }

    async fn command_plan(&self, request: AccountRef) -> Result<CommandPlan, UiError> {
        AppCore::command_plan(self, &request.account_id).await
    }
    async fn command_write(&self, request: CommandWrite) -> Result<CommandDone, UiError> {
        AppCore::command_write(self, request).await
    }

    async fn import_find(&self, _: Nothing) -> Result<ImportList, UiError> {
        self.find_imports().await
    }
    async fn import_take(&self, request: ImportTake) -> Result<ServerView, UiError> {
        self.take_import(&request.item_id, request.allow_http).await
    }

    async fn library_entities(&self, request: ServerRef) -> Result<Vec<EntityRow>, UiError> {
        self.entities(&request.server_id).await
    }
    async fn library_entity(&self, request: EntityRef) -> Result<EntityPage, UiError> {
        self.entity_page(&request.server_id, &request.entity).await
    }
    async fn library_collection(&self, request: CollectionRef) -> Result<CollectionPage, UiError> {
        self.collection_page(&request.server_id, &request.entity, &request.collection)
            .await
    }
    async fn library_container(&self, request: ContainerRef) -> Result<ContainerPage, UiError> {
        self.container_page(&request.server_id, request.path).await
    }
    async fn library_search(&self, request: Search) -> Result<SearchPage, UiError> {
        self.search(&request.text, request.scope).await
    }
    async fn library_delete_image(&self, request: ImageRef) -> Result<Nothing, UiError> {
        self.delete_image(
            &request.server_id,
            &request.path,
            &request.tag,
            &request.arch,
        )
        .await
        .map(nothing)
    }

    async fn upload_choose(&self, _: Nothing) -> Result<DraftSheet, UiError> {
        let files = self.host.choose_files().await;
        Ok(self.sheet_of(files).await)
    }
    async fn upload_add_path(&self, request: FilePath) -> Result<DraftSheet, UiError> {
        self.add_path(&request.path).await
    }
    async fn upload_sheet(&self, request: SheetRef) -> Result<DraftSheet, UiError> {
        self.sheet(&request.sheet_id).await
    }
    async fn upload_discard(&self, request: SheetRef) -> Result<Nothing, UiError> {
        self.drafts.discard(&request.sheet_id);
        Ok(Nothing {})
    }
    async fn upload_destinations(&self, request: Destination) -> Result<Vec<String>, UiError> {
        self.destinations(&request).await
    }
    async fn upload_plan(&self, request: Upload) -> Result<UploadPlan, UiError> {
        AppCore::upload_plan(self, &request).await
    }
    async fn upload_start(&self, request: Upload) -> Result<Vec<String>, UiError> {
        self.start_upload(request).await
    }

    async fn download_plan(&self, request: ImageRef) -> Result<DownloadPlan, UiError> {
        AppCore::download_plan(self, &request).await
    }
    async fn download_start(&self, request: Download) -> Result<String, UiError> {
        self.download(&request.image, request.clash).await
    }

    async fn transfer_list(&self, _: Nothing) -> Result<TransferList, UiError> {
        Ok(self.transfers())
    }
    async fn transfer_pause(&self, request: TransferRef) -> Result<Nothing, UiError> {
        let done = self.with_transfer(&request.transfer_id, |id| self.engine.pause(id));
        done.await.map(nothing)
    }
    async fn transfer_resume(&self, request: TransferRef) -> Result<Nothing, UiError> {
        let done = self.with_transfer(&request.transfer_id, |id| self.engine.resume(id));
        done.await.map(nothing)
    }
    async fn transfer_cancel(&self, request: TransferRef) -> Result<Nothing, UiError> {
        let done = self.with_transfer(&request.transfer_id, |id| self.engine.cancel(id));
        done.await.map(nothing)
    }
    async fn transfer_retry(&self, request: TransferRef) -> Result<Nothing, UiError> {
        let done = self.with_transfer(&request.transfer_id, |id| self.engine.retry(id));
        done.await.map(nothing)
    }
    async fn transfer_remove(&self, request: TransferRef) -> Result<Nothing, UiError> {
        let done = self.with_transfer(&request.transfer_id, |id| self.engine.remove(id));
        done.await.map(nothing)
    }
    async fn transfer_move(&self, request: TransferMove) -> Result<Nothing, UiError> {
        self.move_transfer(&request.transfer_id, request.position)
            .await
            .map(nothing)
    }
    async fn transfer_pause_all(&self, _: Nothing) -> Result<Nothing, UiError> {
        moved(self.engine.pause_all().await)
    }
    async fn transfer_resume_all(&self, _: Nothing) -> Result<Nothing, UiError> {
        moved(self.engine.resume_all().await)
    }
    async fn transfer_clear(&self, _: Nothing) -> Result<Nothing, UiError> {
        moved(self.engine.clear_done().await)
    }
    async fn transfer_reveal(&self, request: TransferRef) -> Result<Nothing, UiError> {
        self.reveal_transfer(&request.transfer_id).map(nothing)
    }
    async fn transfer_copy_report(&self, request: TransferReport) -> Result<Nothing, UiError> {
        self.copy_report(&request.transfer_id, &request.said)
            .map(nothing)
    }
    async fn transfer_delete_file(&self, request: TransferRef) -> Result<Nothing, UiError> {
        self.delete_quarantined(&request.transfer_id).map(nothing)
    }

    async fn inspect_choose(&self, _: Nothing) -> Result<Vec<String>, UiError> {
        Ok(self.choose_to_inspect().await)
    }
    async fn inspect_transfer(&self, request: TransferRef) -> Result<String, UiError> {
        self.open_transfer(&request.transfer_id)
    }
    async fn inspect_image(&self, request: ImageRef) -> Result<String, UiError> {
        self.open_image(request).await
    }
    async fn inspect_draft(&self, request: SheetFile) -> Result<String, UiError> {
        self.open_draft(&request)
    }
    async fn inspect_read(&self, request: FileRef) -> Result<u64, UiError> {
        self.fetched(&request.file_id).await
    }
    async fn inspect_glance(&self, request: ImageRef) -> Result<FileCheck, UiError> {
        self.glance_at(request).await
    }
    async fn inspect_compare(&self, request: Compare) -> Result<ComparisonView, UiError> {
        self.compare(&request).await
    }
    async fn inspect_file(&self, request: FileRef) -> Result<InspectionView, UiError> {
        self.inspect(&request.file_id).await
    }
    async fn inspect_list(&self, request: FilePlace) -> Result<FileListing, UiError> {
        self.list_contents(&request.file_id, request.path).await
    }
    async fn inspect_extract(&self, request: FilePlace) -> Result<SavedFile, UiError> {
        self.extract_file(&request.file_id, request.path).await
    }
    async fn inspect_extract_object(&self, request: FileObject) -> Result<SavedFile, UiError> {
        self.extract_object(&request.file_id, request.object).await
    }
    async fn inspect_check(&self, request: FileRef) -> Result<VerificationView, UiError> {
        self.check_opened(&request.file_id).await
    }
    async fn inspect_sign(&self, request: FileSign) -> Result<SignedView, UiError> {
        self.sign_opened(&request.file_id, request.with).await
    }
    async fn inspect_reveal(&self, request: FileRef) -> Result<Nothing, UiError> {
        self.reveal_opened(&request.file_id).map(nothing)
    }
    async fn inspect_upload(&self, request: FileRef) -> Result<DraftSheet, UiError> {
        self.upload_opened(&request.file_id).await
    }

    async fn key_list(&self, _: Nothing) -> Result<KeyList, UiError> {
        self.keys().await
    }
    async fn key_make(&self, request: KeyMake) -> Result<KeyView, UiError> {
        self.make_key(request).await
    }
    async fn key_import(&self, _: Nothing) -> Result<KeysImported, UiError> {
        self.import_keys().await
    }
    async fn key_lend(&self, request: KeyLend) -> Result<KeyLent, UiError> {
        self.lend_key(request).await
    }
    async fn key_export(&self, request: KeyExport) -> Result<SavedFile, UiError> {
        self.export_key(&request.fingerprint, request.secret).await
    }
    async fn key_trust(&self, request: KeyRef) -> Result<KeyView, UiError> {
        self.trust_key(&request.fingerprint).await
    }
    async fn key_distrust(&self, request: KeyRef) -> Result<Nothing, UiError> {
        self.distrust_key(&request.fingerprint).await.map(nothing)
    }
    async fn key_remove(&self, request: KeyRef) -> Result<Nothing, UiError> {
        self.remove_key(&request.fingerprint).await.map(nothing)
    }
    async fn key_revoke(&self, request: KeyRevoke) -> Result<SavedFile, UiError> {
        self.revoke_key(request).await
    }
    async fn key_set_expiry(&self, request: KeyExpiry) -> Result<KeyView, UiError> {
        self.set_key_expiry(request).await
    }
    async fn key_forget_passphrase(&self, request: KeyRef) -> Result<Nothing, UiError> {
        self.forget_passphrase(&request.fingerprint)
            .await
            .map(nothing)
    }
    async fn key_publish_plan(&self, request: KeyRef) -> Result<PublishPlan, UiError> {
        self.publish_plan(&request.fingerprint).await
    }
    async fn key_publish(&self, request: KeyPublish) -> Result<KeyPublication, UiError> {
        self.publish_own_key(request).await
    }
    async fn key_search(&self, request: KeySearch) -> Result<KeysFound, UiError> {
        self.search_keys(&request).await
    }
    async fn key_fetch(&self, request: KeyFetch) -> Result<KeyView, UiError> {
        self.fetch_key(&request).await
    }
    async fn key_servers(&self, _: Nothing) -> Result<KeyServers, UiError> {
        Ok(self.key_servers_view().await)
    }
    async fn key_servers_set(&self, request: KeyServersSet) -> Result<KeyServers, UiError> {
        self.set_key_servers(request.addresses).await
    }
    async fn key_server_test(&self, request: KeyServerRef) -> Result<Nothing, UiError> {
        self.test_key_server(&request.address).await.map(nothing)
    }
    async fn key_recheck(&self, _: Nothing) -> Result<KeysRechecked, UiError> {
        self.recheck_keys(true).await.map(|(found, _)| found)
    }
    async fn key_dismiss_revoked(&self, request: KeyRef) -> Result<Nothing, UiError> {
        self.dismiss_revoked(&request.fingerprint).map(nothing)
    }

    async fn bundle_place(&self, request: FileRef) -> Result<BundlePlace, UiError> {
        self.bundle_place_of(&request.file_id)
    }
    async fn bundle_choose_folder(&self, request: FileRef) -> Result<BundlePlace, UiError> {
        self.choose_bundle_folder(&request.file_id).await
    }
    async fn bundle_start(&self, request: BundleStart) -> Result<BundleView, UiError> {
        self.start_bundle(request).await
    }
    async fn bundle_cancel(&self, request: BundleRef) -> Result<Nothing, UiError> {
        self.cancel_bundle(&request.bundle_id);
        Ok(Nothing {})
    }
    async fn bundle_reveal(&self, request: BundleRef) -> Result<Nothing, UiError> {
        self.reveal_bundle(&request.bundle_id).map(nothing)
    }
}
