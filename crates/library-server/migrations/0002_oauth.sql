-- The OAuth tables: what the authorization server of this library remembers.

-- A ticket may be bound to one authorization request by its PKCE challenge.
ALTER TABLE tickets ADD COLUMN challenge TEXT;

-- One sign-in and everything that came of it. Revoking a family ends all its tokens at once.
CREATE TABLE oauth_families (
    id         TEXT PRIMARY KEY,
    user_id    TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    client_id  TEXT NOT NULL,
    scopes     TEXT NOT NULL,
    created_at TEXT NOT NULL,
    revoked_at TEXT
) STRICT, WITHOUT ROWID;

-- A used code stays as long as its family, so that its second use is recognised.
CREATE TABLE oauth_codes (
    hash         BLOB PRIMARY KEY,
    family_id    TEXT NOT NULL REFERENCES oauth_families (id) ON DELETE CASCADE,
    redirect_uri TEXT NOT NULL,
    challenge    TEXT NOT NULL,
    expires_at   TEXT NOT NULL,
    used_at      TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX oauth_codes_by_family ON oauth_codes (family_id);

-- `successor` is the next token, readable only with the text of this one (see oauth/refresh.rs).
CREATE TABLE oauth_refresh_tokens (
    hash           BLOB PRIMARY KEY,
    family_id      TEXT NOT NULL REFERENCES oauth_families (id) ON DELETE CASCADE,
    expires_at     TEXT NOT NULL,
    rotated_at     TEXT,
    successor      BLOB,
    successor_hash BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX oauth_refresh_tokens_by_family ON oauth_refresh_tokens (family_id);

ALTER TABLE access_tokens ADD COLUMN family_id TEXT REFERENCES oauth_families (id) ON DELETE CASCADE;
CREATE INDEX access_tokens_by_family ON access_tokens (family_id);
