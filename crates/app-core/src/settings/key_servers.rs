//! Key servers that the person has chosen.

use toml_edit::{Array, Item, Value};

use super::{Settings, SettingsError, set};

/// Their name in the file.
const KEY: &str = "key_servers";

impl Settings {
    /// Key servers to ask instead of the usual ones.
    pub(crate) fn key_servers(&self) -> Option<Vec<String>> {
        let document = self.document();
        let servers = document.get(KEY).and_then(Item::as_array)?;
        let servers = servers.iter().filter_map(Value::as_str);
        Some(servers.map(str::to_owned).collect())
    }

    /// Takes a list of key servers; `None` for the usual ones.
    pub(crate) fn set_key_servers(&self, servers: Option<&[String]>) -> Result<(), SettingsError> {
        self.change(|document| match servers {
            Some(servers) => set(document, KEY, servers.iter().collect::<Array>()),
            None => {
                document.remove(KEY);
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::home::Home;

    use super::*;

    #[test]
    fn a_list_is_kept_beside_everything_else_and_goes_again() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::at(folder.path());
        let settings = Settings::open(&home).unwrap();
        assert_eq!(settings.key_servers(), None);
        let list = ["https://keys.example.org".to_owned()];
        settings.set_key_servers(Some(&list)).unwrap();
        let again = || Settings::open(&home).unwrap();
        assert_eq!(again().key_servers(), Some(list.to_vec()));
        assert!(again().keep_awake(), "what stands beside it");
        settings.set_key_servers(Some(&[])).unwrap();
        assert_eq!(again().key_servers(), Some(Vec::new()), "asks nobody");
        settings.set_key_servers(None).unwrap();
        assert_eq!(again().key_servers(), None);
        let text = std::fs::read_to_string(home.settings_file()).unwrap();
        assert!(text.contains("# key_servers = ["), "the explanation stays");
    }
}
