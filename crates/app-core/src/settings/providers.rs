//! What Sifter is called at identity providers, as the file says it: a table `sign_in.google` and so on.

use sifter_contract::SignInProviderKind;
use toml_edit::{DocumentMut, Item, Table, value};

use super::{Settings, SettingsError};

/// The keys of one provider's table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ProviderSettings {
    pub(crate) client_id: Option<String>,
    pub(crate) url: Option<String>,
    pub(crate) tenant: Option<String>,
    /// Google: another issuer. Only one on this computer counts, which tests have.
    pub(crate) issuer: Option<String>,
    /// A client secret lies in the keychain.
    pub(crate) has_secret: bool,
}

const TABLE: &str = "sign_in";

/// The table of a provider; the four have one.
fn name(kind: SignInProviderKind) -> Option<&'static str> {
    match kind {
        SignInProviderKind::Google => Some("google"),
        SignInProviderKind::Github => Some("github"),
        SignInProviderKind::Gitlab => Some("gitlab"),
        SignInProviderKind::Microsoft => Some("microsoft"),
        SignInProviderKind::Other => None,
    }
}

impl Settings {
    /// What the file says of a provider.
    pub(crate) fn provider(&self, kind: SignInProviderKind) -> ProviderSettings {
        let document = self.document();
        let table = name(kind).and_then(|name| document.get(TABLE)?.get(name));
        let text = |key: &str| {
            let text = table?.get(key)?.as_str()?.trim();
            (!text.is_empty()).then(|| text.to_owned())
        };
        ProviderSettings {
            client_id: text("client_id"),
            url: text("url"),
            tenant: text("tenant"),
            issuer: text("issuer"),
            has_secret: table
                .and_then(|table| table.get("secret_in_keychain")?.as_bool())
                .unwrap_or(false),
        }
    }

    /// Writes what is said of a provider.
    pub(crate) fn set_provider(
        &self,
        kind: SignInProviderKind,
        said: &ProviderSettings,
    ) -> Result<(), SettingsError> {
        let Some(name) = name(kind) else {
            return Ok(());
        };
        self.change(|document| {
            let Some(table) = table(document, name) else {
                return;
            };
            for (key, text) in [
                ("client_id", &said.client_id),
                ("url", &said.url),
                ("tenant", &said.tenant),
                ("issuer", &said.issuer),
            ] {
                match text {
                    Some(text) => put(table, key, text.as_str().into()),
                    None => drop(table.remove(key)),
                }
            }
            if said.has_secret {
                put(table, "secret_in_keychain", true.into());
            } else {
                table.remove("secret_in_keychain");
            }
        })
    }
}

/// The table of a provider, made when it is not there. `None` where the file has something else in its place.
fn table<'a>(document: &'a mut DocumentMut, name: &str) -> Option<&'a mut Table> {
    let outer = document.entry(TABLE).or_insert_with(|| {
        let mut table = Table::new();
        table.set_implicit(true);
        Item::Table(table)
    });
    let inner = outer
        .as_table_mut()?
        .entry(name)
        .or_insert_with(toml_edit::table);
    inner.as_table_mut()
}

/// Sets a key and keeps the comment behind its old value.
fn put(table: &mut Table, key: &str, mut new: toml_edit::Value) {
    if let Some(old) = table.get(key).and_then(Item::as_value) {
        *new.decor_mut() = old.decor().clone();
    }
    table.insert(key, value(new));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files;
    use crate::home::Home;

    const GITLAB: SignInProviderKind = SignInProviderKind::Gitlab;

    #[test]
    fn a_client_is_read_written_and_taken_out_and_the_rest_of_the_file_stays() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::at(folder.path());
        let text = "theme = \"dark\"\n[sign_in.gitlab]\nclient_id = \"old\" # ours\nnew_key = 1\n";
        files::replace(&home.settings_file(), text).unwrap();
        let settings = Settings::open(&home).unwrap();
        let before = settings.provider(GITLAB);
        assert_eq!(before.client_id.as_deref(), Some("old"));
        let said = ProviderSettings {
            client_id: Some("new".into()),
            url: Some("https://git.example.org".into()),
            ..ProviderSettings::default()
        };
        settings.set_provider(GITLAB, &said).unwrap();
        assert_eq!(Settings::open(&home).unwrap().provider(GITLAB), said);
        let google = ProviderSettings {
            client_id: Some("g".into()),
            has_secret: true,
            ..ProviderSettings::default()
        };
        settings
            .set_provider(SignInProviderKind::Google, &google)
            .unwrap();
        let text = files::read(&home.settings_file()).unwrap().unwrap();
        for kept in [
            "theme = \"dark\"",
            "# ours",
            "new_key = 1",
            "[sign_in.google]",
        ] {
            assert!(text.contains(kept), "{kept} is missing:\n{text}");
        }
        settings
            .set_provider(GITLAB, &ProviderSettings::default())
            .unwrap();
        let again = Settings::open(&home).unwrap();
        assert_eq!(again.provider(GITLAB), ProviderSettings::default());
        assert_eq!(again.provider(SignInProviderKind::Google), google);
    }

    #[test]
    fn something_else_in_its_place_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::at(folder.path());
        files::replace(&home.settings_file(), "sign_in = 7\n").unwrap();
        let settings = Settings::open(&home).unwrap();
        assert_eq!(settings.provider(GITLAB), ProviderSettings::default());
        let said = ProviderSettings {
            client_id: Some("x".into()),
            ..ProviderSettings::default()
        };
        settings.set_provider(GITLAB, &said).unwrap();
        let text = files::read(&home.settings_file()).unwrap().unwrap();
        assert_eq!(text, "sign_in = 7\n");
    }
}
