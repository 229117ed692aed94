-- Public keys that people have published here: what the key server answers with.

-- `certificate` is binary and holds the key's own statements only. The other columns repeat what a search tells
-- about it. Times are seconds since 1970, as OpenPGP has them. `added_by` is who published it first.
CREATE TABLE keys (
    fingerprint BLOB PRIMARY KEY,
    certificate BLOB NOT NULL,
    algorithm   INTEGER NOT NULL,
    bits        INTEGER NOT NULL,
    created     INTEGER NOT NULL,
    expires     INTEGER,
    revoked     INTEGER NOT NULL,
    added_by    TEXT REFERENCES users (id) ON DELETE SET NULL,
    added_at    TEXT NOT NULL,
    updated_at  TEXT NOT NULL
) STRICT;
CREATE INDEX keys_by_person ON keys (added_by);

-- The names a signature may call a key by: fingerprint and key id of the primary key and of every subkey that
-- signs. Short ids are the last four bytes.
CREATE TABLE key_handles (
    handle      BLOB NOT NULL,
    key_id      BLOB NOT NULL,
    is_primary  INTEGER NOT NULL,
    fingerprint BLOB NOT NULL REFERENCES keys (fingerprint) ON DELETE CASCADE,
    PRIMARY KEY (handle, fingerprint)
) STRICT, WITHOUT ROWID;
CREATE INDEX key_handles_by_id ON key_handles (key_id);
CREATE INDEX key_handles_by_short_id ON key_handles (substr(key_id, 5));
CREATE INDEX key_handles_by_key ON key_handles (fingerprint);

-- The names of people, the primary one at position 0. `address` is the part in angle brackets, in lower case.
CREATE TABLE key_names (
    fingerprint BLOB NOT NULL REFERENCES keys (fingerprint) ON DELETE CASCADE,
    position    INTEGER NOT NULL,
    name        TEXT NOT NULL,
    address     TEXT NOT NULL,
    PRIMARY KEY (fingerprint, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX key_names_by_address ON key_names (address);
