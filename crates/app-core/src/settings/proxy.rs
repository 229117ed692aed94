//! The proxy as the file says it. Its password is never here.

use sifter_contract::{ProxyKind, ProxyMode, ProxySettings};
use toml_edit::{Array, DocumentMut, Item, Value};
use url::Host;

use super::{Settings, SettingsError, set};
use crate::network::host_and_port;

/// The most hosts that are reached directly.
const MOST_BYPASSES: usize = 100;
/// The longest name to sign in with, in bytes.
const LONGEST_USER: usize = 256;
/// The longest name of a host, in bytes (RFC 1035).
const LONGEST_HOST: usize = 253;

const KINDS: [(ProxyKind, &str); 3] = [
    (ProxyKind::Http, "http"),
    (ProxyKind::Https, "https"),
    (ProxyKind::Socks5, "socks5"),
];

impl Settings {
    /// The proxy that is set. What cannot be understood counts as not set, so that a mistake in the file does not
    /// send anything past the system's proxy.
    pub(crate) fn proxy(&self) -> ProxySettings {
        let document = self.document();
        let text = |key| document.get(key).and_then(Item::as_str).unwrap_or_default();
        let (kind, host, port) = parse(text("proxy_address")).unwrap_or_default();
        let bypass = document.get("proxy_bypass").and_then(Item::as_array);
        let bypass = bypass.into_iter().flatten().filter_map(Value::as_str);
        let known = host.is_empty();
        ProxySettings {
            mode: match text("proxy") {
                "none" => ProxyMode::Direct,
                "manual" if !known => ProxyMode::Manual,
                _ => ProxyMode::System,
            },
            kind,
            host,
            port,
            user: text("proxy_user").to_owned(),
            bypass: bypass
                .take(MOST_BYPASSES)
                .filter(|entry| is_bypass(entry))
                .map(str::to_owned)
                .collect(),
        }
    }

    /// Takes over a proxy that was [checked](check).
    pub(crate) fn set_proxy(&self, proxy: &ProxySettings) -> Result<(), SettingsError> {
        self.change(|document| write(document, proxy))
    }
}

fn write(document: &mut DocumentMut, proxy: &ProxySettings) {
    let mode = match proxy.mode {
        ProxyMode::System => "system",
        ProxyMode::Direct => "none",
        ProxyMode::Manual => "manual",
    };
    set(document, "proxy", mode);
    set(document, "proxy_address", told(proxy));
    set(document, "proxy_user", proxy.user.as_str());
    let bypass: Array = proxy.bypass.iter().map(String::as_str).collect();
    set(document, "proxy_bypass", bypass);
}

/// Its address as text: `http://proxy.example:3128`; empty for none.
pub(crate) fn told(proxy: &ProxySettings) -> String {
    if proxy.host.is_empty() {
        return String::new();
    }
    let found = KINDS.iter().find(|(kind, _)| *kind == proxy.kind);
    let scheme = found.map_or("http", |(_, name)| name);
    format!("{scheme}://{}", host_and_port(&proxy.host, proxy.port))
}

fn parse(text: &str) -> Option<(ProxyKind, String, u16)> {
    let (scheme, rest) = text.split_once("://")?;
    let (kind, _) = KINDS.iter().find(|(_, name)| *name == scheme)?;
    let (host, port) = rest.trim_end_matches('/').rsplit_once(':')?;
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let port = port.parse().ok().filter(|port| *port > 0)?;
    is_host(host).then(|| (*kind, host.to_owned(), port))
}

/// A proxy as a person has entered it, made even.
///
/// # Errors
/// The text that cannot be used.
pub(crate) fn check(mut proxy: ProxySettings) -> Result<ProxySettings, String> {
    proxy.host = proxy.host.trim().trim_matches(['[', ']']).to_owned();
    proxy.user = proxy.user.trim().to_owned();
    let given = !proxy.host.is_empty();
    if given && !is_host(&proxy.host) || proxy.mode == ProxyMode::Manual && !given {
        return Err(proxy.host);
    }
    if given && proxy.port == 0 {
        return Err(format!("{}:0", proxy.host));
    }
    // A colon ends the name where it is sent (RFC 7617).
    if proxy.user.len() > LONGEST_USER || proxy.user.contains(|c: char| c.is_control() || c == ':')
    {
        return Err(proxy.user);
    }
    proxy.bypass = (proxy.bypass.iter())
        .map(|entry| entry.trim().to_owned())
        .filter(|entry| !entry.is_empty())
        .collect();
    if let Some(wrong) = proxy.bypass.iter().find(|entry| !is_bypass(entry)) {
        return Err(wrong.clone());
    }
    if proxy.bypass.len() > MOST_BYPASSES {
        return Err(proxy.bypass.swap_remove(MOST_BYPASSES));
    }
    Ok(proxy)
}

fn is_host(text: &str) -> bool {
    let parsed = if text.contains(':') {
        Host::parse(&format!("[{text}]"))
    } else {
        Host::parse(text)
    };
    !text.is_empty() && text.len() <= LONGEST_HOST && parsed.is_ok()
}

/// A name with everything below it (`lab.example`, `.lab.example`), an address, or a range (`10.0.0.0/8`).
fn is_bypass(text: &str) -> bool {
    if let Some((address, bits)) = text.split_once('/') {
        let Ok(address) = address.parse::<std::net::IpAddr>() else {
            return false;
        };
        let most = if address.is_ipv4() { 32 } else { 128 };
        return bits.parse::<u8>().is_ok_and(|bits| bits <= most);
    }
    let name = text.strip_prefix("*.").or(text.strip_prefix('.'));
    // The HTTP client takes entries in a row with commas between them.
    !text.contains(',') && is_host(name.unwrap_or(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files;
    use crate::home::Home;

    fn settings(text: &str) -> (tempfile::TempDir, Settings) {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::at(folder.path());
        files::replace(&home.settings_file(), text).unwrap();
        let settings = Settings::open(&home).unwrap();
        (folder, settings)
    }

    fn manual() -> ProxySettings {
        ProxySettings {
            mode: ProxyMode::Manual,
            kind: ProxyKind::Socks5,
            host: "proxy.lab".into(),
            port: 1080,
            user: "ada".into(),
            bypass: vec!["inside.example".into(), "10.0.0.0/8".into()],
        }
    }

    #[test]
    fn a_proxy_comes_back_as_it_was_set() {
        let (folder, settings) = settings("# mine\n");
        assert_eq!(settings.proxy(), ProxySettings::default());
        for proxy in [
            manual(),
            ProxySettings {
                kind: ProxyKind::Https,
                host: "2001:db8::1".into(),
                ..manual()
            },
            // The fields stay for when the manual one is wanted again.
            ProxySettings {
                mode: ProxyMode::Direct,
                ..manual()
            },
        ] {
            settings.set_proxy(&proxy).unwrap();
            let again = Settings::open(&Home::at(folder.path())).unwrap();
            assert_eq!(again.proxy(), proxy);
        }
    }

    #[test]
    fn a_file_that_makes_no_sense_leaves_it_to_the_system() {
        for text in [
            "proxy = \"manual\"\n",
            "proxy = \"manual\"\nproxy_address = \"proxy.lab\"\n",
            "proxy = \"manual\"\nproxy_address = \"ftp://proxy.lab:21\"\n",
            "proxy = \"manual\"\nproxy_address = \"http://ada:hunter2@proxy.lab:80\"\n",
            "proxy = \"manual\"\nproxy_address = \"http://proxy.lab:0\"\n",
            "proxy = 7\nproxy_bypass = 3\n",
        ] {
            let (_folder, settings) = settings(text);
            assert_eq!(settings.proxy().mode, ProxyMode::System, "{text}");
        }
    }

    #[test]
    fn what_is_entered_is_made_even_and_nonsense_is_named() {
        let loose = ProxySettings {
            host: " [::1] ".into(),
            bypass: vec![" *.lab ".into(), String::new(), "::1".into()],
            ..manual()
        };
        let even = check(loose).unwrap();
        assert_eq!((even.host.as_str(), even.bypass.len()), ("::1", 2));
        let wrong = |change: fn(&mut ProxySettings)| {
            let mut proxy = manual();
            change(&mut proxy);
            check(proxy).unwrap_err()
        };
        assert_eq!(wrong(|proxy| proxy.host = "http://x".into()), "http://x");
        assert_eq!(wrong(|proxy| proxy.host = "a b".into()), "a b");
        assert_eq!(wrong(|proxy| proxy.host.clear()), "");
        assert_eq!(wrong(|proxy| proxy.port = 0), "proxy.lab:0");
        assert_eq!(wrong(|proxy| proxy.user = "a:b".into()), "a:b");
        assert_eq!(
            wrong(|proxy| proxy.bypass = vec!["1.2.3.4/33".into()]),
            "1.2.3.4/33"
        );
        assert_eq!(wrong(|proxy| proxy.bypass = vec!["a,b".into()]), "a,b");
    }
}
