//! Settings as the window changes them: written first, then in effect, then told to everybody.

use sifter_contract::{SettingsPatch, SettingsView, UiError};

use crate::app::AppCore;
use crate::errors;

impl AppCore {
    /// Changes settings; the window hears of it too.
    pub(crate) async fn change_settings(
        &self,
        patch: &SettingsPatch,
    ) -> Result<SettingsView, UiError> {
        self.settings
            .apply(patch)
            .map_err(|error| errors::settings(&error))?;
        if patch.parallel_transfers.is_some() {
            self.engine
                .set_large_lane(self.settings.large_lane())
                .await
                .map_err(|error| errors::engine(&error))?;
        }
        self.schedule.apply();
        Ok(self.announce_settings())
    }

    /// Lets the person choose the download folder. Nothing changes when they change their mind.
    pub(crate) async fn choose_download_folder(&self) -> Result<SettingsView, UiError> {
        if let Some(folder) = self
            .host
            .choose_folder(&self.settings.download_folder())
            .await
        {
            self.settings
                .set_download_folder(&folder)
                .map_err(|error| errors::settings(&error))?;
        }
        Ok(self.announce_settings())
    }

    fn announce_settings(&self) -> SettingsView {
        let view = self.settings.view();
        self.hub.settings(view.clone());
        view
    }
}
