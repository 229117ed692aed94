//! Library references: `library://[host/][[entity/]collection/]container[:tag,…|:hash]`.
//!
//! Two parsers exist in the field and disagree (the command line's and the URI parser of the official
//! library package, kept in [`uri`]). [`LibraryRef`] follows the command line, with one rule added:
//! the first of several components is a host when it holds a `.` or `:` or is `localhost`, or when
//! there are four. Every name is checked, so what parses can be put into a path as it is.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use crate::hash::ImageHash;
use crate::host::Host;
use crate::name::{CollectionName, ContainerName, EntityName, NameError, Tag};

pub mod uri;

/// The longest reference that is looked at, in bytes.
pub const MAX_REF_LEN: usize = 2048;
/// The most tags one reference can name.
pub const MAX_TAGS: usize = 32;

/// Why a text is no reference.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RefError {
    /// Longer than [`MAX_REF_LEN`].
    #[error("a reference has at most {MAX_REF_LEN} characters")]
    TooLong,
    /// A control character or space, or no scheme in front of the first colon.
    #[error("not a reference")]
    Malformed,
    /// Another scheme than `library`, or none where one is needed.
    #[error("a library reference begins with library://")]
    Scheme,
    /// Something before an `@`.
    #[error("a library reference names no user before the host")]
    User,
    /// The host is none.
    #[error("the host is not a name or address with an optional port")]
    Host,
    /// Something after a `?`.
    #[error("a library reference has no query")]
    Query,
    /// Something after a `#`.
    #[error("a library reference has no fragment")]
    Fragment,
    /// No path, too many components, or a second colon.
    #[error("a library reference has one to three names: entity/collection/container")]
    Path,
    /// An empty tag, or too many.
    #[error("tags are separated by single commas, at most {MAX_TAGS} of them")]
    Tags,
    /// One of the names breaks the grammar.
    #[error("the name {name:?} cannot be used")]
    Name {
        /// The name, cut at 64 characters.
        name: String,
        /// The rule it breaks.
        source: NameError,
    },
    /// A push needs all of entity, collection and container.
    #[error("a push needs all three names: entity/collection/container")]
    NotFull,
    /// A push cannot choose the hash of what it stores.
    #[error("a push names tags, not a hash")]
    PushToHash,
}

fn name<T: FromStr<Err = NameError>>(text: &str) -> Result<T, RefError> {
    text.parse().map_err(|source| RefError::Name {
        name: text.chars().take(64).collect(),
        source,
    })
}

/// The full path of a container, `entity/collection/container`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContainerPath {
    /// Who it belongs to.
    pub entity: EntityName,
    /// The collection in the entity.
    pub collection: CollectionName,
    /// The container in the collection.
    pub container: ContainerName,
}

impl fmt::Display for ContainerPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.entity, self.collection, self.container)
    }
}

impl FromStr for ContainerPath {
    type Err = RefError;

    fn from_str(text: &str) -> Result<Self, RefError> {
        let parts: Vec<&str> = text.splitn(4, '/').collect();
        let [entity, collection, container] = parts[..] else {
            return Err(RefError::NotFull);
        };
        Ok(Self {
            entity: name(entity)?,
            collection: name(collection)?,
            container: name(container)?,
        })
    }
}

/// Which image of a container a reference means.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Target {
    /// Nothing was written, which means the tag `latest`.
    #[default]
    Unnamed,
    /// Tags, in the order written; never empty. A pull uses the first.
    Tags(Vec<Tag>),
    /// The image with this content.
    Hash(ImageHash),
}

/// A checked library reference.
///
/// ```
/// use sifter_library_api::LibraryRef;
/// let reference: LibraryRef = "library://ann/tools/samtools:1.20".parse()?;
/// assert_eq!(reference.path(), "ann/tools/samtools");
/// assert_eq!(reference.tag_or_hash(), "1.20");
/// # Ok::<(), sifter_library_api::RefError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LibraryRef {
    host: Option<Host>,
    entity: Option<EntityName>,
    collection: Option<CollectionName>,
    container: ContainerName,
    target: Target,
}

impl LibraryRef {
    /// A reference to an image of a container on the server in use.
    #[must_use]
    pub fn new(path: ContainerPath, target: Target) -> Self {
        let target = match target {
            Target::Tags(tags) if tags.is_empty() => Target::Unnamed,
            other => other,
        };
        let ContainerPath {
            entity,
            collection,
            container,
        } = path;
        let (entity, collection) = (Some(entity), Some(collection));
        Self {
            host: None,
            entity,
            collection,
            container,
            target,
        }
    }

    /// The same reference on a named host, or (with `None`) on the server in use.
    #[must_use]
    pub fn with_host(mut self, host: Option<Host>) -> Self {
        self.host = host;
        self
    }

    /// The same reference with another target.
    #[must_use]
    pub fn with_target(mut self, target: Target) -> Self {
        self.target = match target {
            Target::Tags(tags) if tags.is_empty() => Target::Unnamed,
            other => other,
        };
        self
    }

    /// The host, where the reference names one.
    #[must_use]
    pub const fn host(&self) -> Option<&Host> {
        self.host.as_ref()
    }

    /// The entity; `None` in references of one or two names, where the server has a default.
    #[must_use]
    pub const fn entity(&self) -> Option<&EntityName> {
        self.entity.as_ref()
    }

    /// The collection; `None` in references of one name.
    #[must_use]
    pub const fn collection(&self) -> Option<&CollectionName> {
        self.collection.as_ref()
    }

    /// The container.
    #[must_use]
    pub const fn container(&self) -> &ContainerName {
        &self.container
    }

    /// Which image of the container.
    #[must_use]
    pub const fn target(&self) -> &Target {
        &self.target
    }

    /// The names as written, joined by `/`: one, two or three. What goes into a request's path;
    /// servers map the shorter forms themselves.
    #[must_use]
    pub fn path(&self) -> String {
        let entity = self.entity.as_ref().map(EntityName::as_str);
        let collection = self.collection.as_ref().map(CollectionName::as_str);
        let names = [entity, collection, Some(self.container.as_str())];
        names.into_iter().flatten().collect::<Vec<_>>().join("/")
    }

    /// All three names, when all three are written.
    #[must_use]
    pub fn container_path(&self) -> Option<ContainerPath> {
        Some(ContainerPath {
            entity: self.entity.clone()?,
            collection: self.collection.clone()?,
            container: self.container.clone(),
        })
    }

    /// What a request names after the colon: the first tag, the hash, or `latest`.
    #[must_use]
    pub fn tag_or_hash(&self) -> Cow<'_, str> {
        match &self.target {
            Target::Unnamed => Cow::Borrowed(Tag::LATEST),
            Target::Tags(tags) => Cow::Borrowed(tags.first().map_or(Tag::LATEST, Tag::as_str)),
            Target::Hash(hash) => Cow::Owned(hash.to_string()),
        }
    }

    /// The name the command line gives to the pulled file: `<container>_<tag or hash>.sif`.
    #[must_use]
    pub fn file_name(&self) -> String {
        format!("{}_{}.sif", self.container, self.tag_or_hash())
    }

    /// The reference as the place of a push: three names, and tags (`latest` when none is written).
    ///
    /// # Errors
    /// [`RefError::NotFull`] with fewer names, [`RefError::PushToHash`] for a hash.
    pub fn to_push(&self) -> Result<PushRef, RefError> {
        let path = self.container_path().ok_or(RefError::NotFull)?;
        let tags = match &self.target {
            Target::Unnamed => vec![Tag::latest()],
            Target::Tags(tags) => tags.clone(),
            Target::Hash(_) => return Err(RefError::PushToHash),
        };
        Ok(PushRef {
            host: self.host.clone(),
            path,
            tags,
        })
    }
}

/// Where a push goes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PushRef {
    /// The host, where the reference names one.
    pub host: Option<Host>,
    /// The container.
    pub path: ContainerPath,
    /// The tags to set, in order, at least one.
    pub tags: Vec<Tag>,
}

fn looks_like_host(first: &str) -> bool {
    first.contains(['.', ':']) || first == "localhost"
}

fn parse_target(text: &str) -> Result<Target, RefError> {
    if let Ok(hash) = text.parse() {
        return Ok(Target::Hash(hash));
    }
    if text.split(',').count() > MAX_TAGS || text.split(',').any(str::is_empty) {
        return Err(RefError::Tags);
    }
    text.split(',')
        .map(name)
        .collect::<Result<_, _>>()
        .map(Target::Tags)
}

impl FromStr for LibraryRef {
    type Err = RefError;

    fn from_str(text: &str) -> Result<Self, RefError> {
        uri::check_characters(text)?;
        let (may_name_host, rest) = match text.strip_prefix("library:") {
            Some(rest) => match rest.strip_prefix("//") {
                Some(rest) => (true, rest),
                None => (false, rest),
            },
            None if text.contains("://") => return Err(RefError::Scheme),
            None => (true, text),
        };
        uri::check_no_extras(rest)?;
        let slashes = rest.matches('/').count();
        let (host, path) = match rest.split_once('/') {
            Some(("", path)) => (None, path),
            Some((first, path)) if may_name_host && (looks_like_host(first) || slashes == 3) => {
                (Some(first.parse().map_err(|_| RefError::Host)?), path)
            }
            _ => (None, rest),
        };
        let (names, target) = match path.split_once(':') {
            Some((_, target)) if target.contains([':', '/']) => return Err(RefError::Path),
            Some((names, target)) => (names, parse_target(target)?),
            None => (path, Target::Unnamed),
        };
        let names: Vec<&str> = names.split('/').collect();
        let (entity, collection, container) = match names[..] {
            [""] => return Err(RefError::Path),
            [container] => (None, None, container),
            [collection, container] => (None, Some(collection), container),
            [entity, collection, container] => (Some(entity), Some(collection), container),
            _ => return Err(RefError::Path),
        };
        Ok(Self {
            host,
            entity: entity.map(name).transpose()?,
            collection: collection.map(name).transpose()?,
            container: name(container)?,
            target,
        })
    }
}

impl fmt::Display for LibraryRef {
    /// Reads back to the same reference. Without a host, a first name that looks like one is set
    /// apart by an empty host (`library:///first.name/…`), which the command line also understands.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path();
        match &self.host {
            Some(host) => write!(f, "library://{host}/{path}")?,
            None if path
                .split_once('/')
                .is_some_and(|(first, _)| looks_like_host(first)) =>
            {
                write!(f, "library:///{path}")?;
            }
            None => write!(f, "library://{path}")?,
        }
        match &self.target {
            Target::Unnamed => Ok(()),
            Target::Tags(tags) => {
                let tags: Vec<&str> = tags.iter().map(Tag::as_str).collect();
                write!(f, ":{}", tags.join(","))
            }
            Target::Hash(hash) => write!(f, ":{hash}"),
        }
    }
}
