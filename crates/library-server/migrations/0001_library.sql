-- The library itself: who owns what, what is stored, what is still arriving.
-- Times are RFC 3339 text in UTC. Ids are 24 lower-case hexadecimal digits, the shape Sylabs Cloud uses.

CREATE TABLE settings (
    name  TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE users (
    id           TEXT PRIMARY KEY,
    login        TEXT NOT NULL UNIQUE,
    display_name TEXT NOT NULL DEFAULT '',
    email        TEXT NOT NULL DEFAULT '',
    created_at   TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Secrets are kept as the SHA-256 of their text, never as the text.
CREATE TABLE access_tokens (
    hash       BLOB PRIMARY KEY,
    user_id    TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name       TEXT NOT NULL,
    scopes     TEXT NOT NULL DEFAULT '',
    created_at TEXT NOT NULL,
    expires_at TEXT,
    revoked_at TEXT
) STRICT, WITHOUT ROWID;

-- One-time admissions to the sign-in page.
CREATE TABLE tickets (
    hash       BLOB PRIMARY KEY,
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE entities (
    id              TEXT PRIMARY KEY,
    name            TEXT NOT NULL UNIQUE,
    description     TEXT NOT NULL DEFAULT '',
    owner_id        TEXT NOT NULL REFERENCES users (id),
    quota           INTEGER,
    default_private INTEGER NOT NULL DEFAULT 0,
    custom_data     TEXT NOT NULL DEFAULT '',
    created_by      TEXT NOT NULL,
    created_at      TEXT NOT NULL,
    updated_by      TEXT NOT NULL DEFAULT '',
    updated_at      TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE collections (
    id          TEXT PRIMARY KEY,
    entity_id   TEXT NOT NULL REFERENCES entities (id) ON DELETE CASCADE,
    name        TEXT NOT NULL,
    description TEXT NOT NULL DEFAULT '',
    private     INTEGER NOT NULL DEFAULT 0,
    custom_data TEXT NOT NULL DEFAULT '',
    created_by  TEXT NOT NULL,
    created_at  TEXT NOT NULL,
    updated_by  TEXT NOT NULL DEFAULT '',
    updated_at  TEXT NOT NULL,
    UNIQUE (entity_id, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE containers (
    id               TEXT PRIMARY KEY,
    collection_id    TEXT NOT NULL REFERENCES collections (id) ON DELETE CASCADE,
    name             TEXT NOT NULL,
    description      TEXT NOT NULL DEFAULT '',
    full_description TEXT NOT NULL DEFAULT '',
    private          INTEGER NOT NULL DEFAULT 0,
    read_only        INTEGER NOT NULL DEFAULT 0,
    download_count   INTEGER NOT NULL DEFAULT 0,
    stars            INTEGER NOT NULL DEFAULT 0,
    custom_data      TEXT NOT NULL DEFAULT '',
    created_by       TEXT NOT NULL,
    created_at       TEXT NOT NULL,
    updated_by       TEXT NOT NULL DEFAULT '',
    updated_at       TEXT NOT NULL,
    UNIQUE (collection_id, name)
) STRICT, WITHOUT ROWID;

-- Bytes that are whole and verified, by the lower-case hexadecimal SHA-256 of the file.
CREATE TABLE blobs (
    digest     TEXT PRIMARY KEY,
    size       INTEGER NOT NULL,
    created_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- `uploaded` images refer to a row of `blobs`; the others are promises.
CREATE TABLE images (
    id           TEXT PRIMARY KEY,
    container_id TEXT NOT NULL REFERENCES containers (id) ON DELETE CASCADE,
    digest       TEXT NOT NULL,
    description  TEXT NOT NULL DEFAULT '',
    size         INTEGER NOT NULL DEFAULT 0,
    uploaded     INTEGER NOT NULL DEFAULT 0,
    arch         TEXT NOT NULL DEFAULT '',
    signed       INTEGER NOT NULL DEFAULT 0,
    encrypted    INTEGER NOT NULL DEFAULT 0,
    fingerprints TEXT NOT NULL DEFAULT '[]',
    custom_data  TEXT NOT NULL DEFAULT '',
    created_by   TEXT NOT NULL,
    created_at   TEXT NOT NULL,
    updated_by   TEXT NOT NULL DEFAULT '',
    updated_at   TEXT NOT NULL,
    UNIQUE (container_id, digest)
) STRICT, WITHOUT ROWID;
CREATE INDEX images_by_digest ON images (digest);

-- One tag may name one image per architecture (Cloud Library API, tags v2).
CREATE TABLE tags (
    container_id TEXT NOT NULL REFERENCES containers (id) ON DELETE CASCADE,
    arch         TEXT NOT NULL,
    name         TEXT NOT NULL,
    image_id     TEXT NOT NULL REFERENCES images (id) ON DELETE CASCADE,
    updated_by   TEXT NOT NULL,
    updated_at   TEXT NOT NULL,
    PRIMARY KEY (container_id, arch, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX tags_by_image ON tags (image_id);

-- Uploads that have begun and are not complete. `part_size` is the whole size for a single upload.
CREATE TABLE uploads (
    id          TEXT PRIMARY KEY,
    image_id    TEXT NOT NULL REFERENCES images (id) ON DELETE CASCADE,
    multipart   INTEGER NOT NULL,
    size        INTEGER NOT NULL,
    part_size   INTEGER NOT NULL,
    total_parts INTEGER NOT NULL,
    md5         TEXT NOT NULL DEFAULT '',
    created_by  TEXT NOT NULL,
    created_at  TEXT NOT NULL,
    touched_at  TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX uploads_by_image ON uploads (image_id);

-- A row here means the bytes of the part are on disk and were acknowledged.
CREATE TABLE upload_parts (
    upload_id   TEXT NOT NULL REFERENCES uploads (id) ON DELETE CASCADE,
    number      INTEGER NOT NULL,
    sha256      TEXT NOT NULL,
    received_at TEXT NOT NULL,
    PRIMARY KEY (upload_id, number)
) STRICT, WITHOUT ROWID;

-- Where a container is and who may see it. `hidden` rows are shown to `owner_id` alone.
CREATE VIEW places AS
SELECT containers.id                                AS container_id,
       containers.name                              AS container_name,
       containers.description                       AS container_description,
       containers.read_only                         AS read_only,
       containers.stars                             AS stars,
       containers.download_count                    AS download_count,
       collections.id                               AS collection_id,
       collections.name                             AS collection_name,
       entities.id                                  AS entity_id,
       entities.name                                AS entity_name,
       entities.owner_id                            AS owner_id,
       containers.private OR collections.private    AS hidden
FROM containers
JOIN collections ON collections.id = containers.collection_id
JOIN entities ON entities.id = collections.entity_id;
