//! What people paste into a search field, told apart.
//!
//! References of every transport, addresses of servers and of container pages, whole command lines,
//! bare names, or just words to search for. Nothing is looked up here.

use url::Url;

use crate::arch::Arch;
use crate::reference::{ContainerPath, LibraryRef, MAX_REF_LEN, Target};

/// What a pasted text is.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum LinkInput {
    /// Nothing but white space.
    Empty,
    /// `library://…`, alone or inside a command line.
    Library {
        /// The reference.
        reference: LibraryRef,
        /// The architecture a command line asked for.
        arch: Option<Arch>,
    },
    /// `library:…` that breaks the grammar; [`LibraryRef`]'s parser says how.
    BrokenLibrary(String),
    /// The web page of a container, or its address in the API.
    Page {
        /// The server's web address or library base, without path.
        server: Url,
        /// The container, and the tag where the link names one.
        reference: LibraryRef,
        /// The architecture the link names.
        arch: Option<Arch>,
    },
    /// The address of a server.
    Server(Url),
    /// An image in an OCI registry; the name comes as it was written.
    Registry {
        /// Which kind of image the registry holds.
        transport: RegistryTransport,
        /// The text after the scheme.
        name: String,
    },
    /// Names and perhaps a tag without a scheme: a reference, or a word to search for.
    Name(LibraryRef),
    /// Words to search for.
    Words(String),
}

/// The transports of images that live in OCI registries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RegistryTransport {
    /// `oras://`: a SIF as an artifact.
    Oras,
    /// `docker://`: an OCI image.
    Docker,
}

impl LinkInput {
    /// Tells what `text` is. Never fails: what is nothing else is [`Words`](Self::Words), cut at
    /// [`MAX_REF_LEN`] bytes.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let text = text.trim();
        let end = text
            .char_indices()
            .map(|(at, _)| at)
            .take_while(|at| *at <= MAX_REF_LEN)
            .last();
        let text = if text.len() > MAX_REF_LEN {
            &text[..end.unwrap_or(0)]
        } else {
            text
        };
        if text.is_empty() {
            return Self::Empty;
        }
        let words: Vec<&str> = text.split_whitespace().collect();
        let arch = arch_option(&words);
        if let Some(link) = words
            .iter()
            .find_map(|word| with_scheme(unquoted(word), arch))
        {
            return link;
        }
        match (&words[..], text.parse()) {
            ([_], Ok(reference)) => Self::Name(reference),
            _ => Self::Words(words.join(" ")),
        }
    }
}

fn unquoted(word: &str) -> &str {
    word.trim_matches(|character: char| matches!(character, '"' | '\'' | '`' | '<' | '>' | ','))
}

/// The value of `--arch` in a pasted command line.
fn arch_option(words: &[&str]) -> Option<Arch> {
    let joined = words.iter().find_map(|word| word.strip_prefix("--arch="));
    let apart = || {
        let at = words.iter().position(|word| *word == "--arch")?;
        words.get(at + 1).copied()
    };
    joined.or_else(apart)?.parse().ok()
}

fn with_scheme(word: &str, arch: Option<Arch>) -> Option<LinkInput> {
    let registry = |transport, name: &str| LinkInput::Registry {
        transport,
        name: name.to_owned(),
    };
    let (scheme, rest) = word.split_once(':')?;
    let after_slashes = rest.strip_prefix("//").filter(|rest| !rest.is_empty());
    match (scheme.to_ascii_lowercase().as_str(), after_slashes) {
        ("library", _) => Some(match format!("library:{rest}").parse() {
            Ok(reference) => LinkInput::Library { reference, arch },
            Err(_) => LinkInput::BrokenLibrary(word.to_owned()),
        }),
        ("oras", Some(name)) => Some(registry(RegistryTransport::Oras, name)),
        ("docker", Some(name)) => Some(registry(RegistryTransport::Docker, name)),
        ("http" | "https", Some(_)) => web(word, arch),
        _ => None,
    }
}

fn web(word: &str, arch: Option<Arch>) -> Option<LinkInput> {
    let mut url = Url::parse(word).ok().filter(Url::has_host)?;
    // A pasted password is nobody's business further down.
    url.set_username("")
        .and_then(|()| url.set_password(None))
        .ok()?;
    url.set_fragment(None);
    let segments: Vec<&str> = url
        .path_segments()?
        .filter(|segment| !segment.is_empty())
        .collect();
    let Some((names, target)) = container_in(&segments) else {
        url.set_query(None);
        return Some(LinkInput::Server(url));
    };
    let query = |key: &str| {
        url.query_pairs()
            .find(|(name, _)| name == key)
            .map(|(_, value)| value.into_owned())
    };
    let target = target
        .or_else(|| query("tag"))
        .map(|target| format!(":{target}"));
    let written = format!("library:{names}{}", target.unwrap_or_default());
    let bare = || LibraryRef::new(names.clone(), Target::Unnamed);
    let reference = written.parse().unwrap_or_else(|_| bare());
    let arch = query("arch").and_then(|arch| arch.parse().ok()).or(arch);
    url.set_path("");
    url.set_query(None);
    Some(LinkInput::Page {
        server: url,
        reference,
        arch,
    })
}

/// Finds a container in the path of its page: Sylabs' `library/e/c/n`, Hinkskalle's
/// `entities/e/collections/c/containers/n`, or the API's own addresses.
fn container_in(segments: &[&str]) -> Option<(ContainerPath, Option<String>)> {
    let (entity, collection, last) = match segments {
        ["library", e, c, n, ..]
        | [.., "entities", e, "collections", c, "containers", n]
        | [.., "v1", "images" | "imagefile" | "containers", e, c, n] => (e, c, n),
        _ => return None,
    };
    let (container, target) = match last.split_once(':') {
        Some((container, target)) => (container, Some(target.to_owned())),
        None => (*last, None),
    };
    Some((
        format!("{entity}/{collection}/{container}").parse().ok()?,
        target,
    ))
}
