-- Tokens that people make, name and list; and the identities by which people sign in elsewhere.

-- `id` names a token in lists, `prefix` is its beginning, by which its owner recognises it. Tokens of a
-- sign-in (those with a family) have neither: they are listed nowhere.
ALTER TABLE access_tokens ADD COLUMN id TEXT;
ALTER TABLE access_tokens ADD COLUMN prefix TEXT NOT NULL DEFAULT '';
ALTER TABLE access_tokens ADD COLUMN last_used_at TEXT;
UPDATE access_tokens SET id = lower(hex(randomblob(12))) WHERE family_id IS NULL;
CREATE UNIQUE INDEX access_tokens_by_id ON access_tokens (id);
CREATE INDEX access_tokens_by_user ON access_tokens (user_id);

-- Who a person is at an identity provider. Issuer and subject together are the identity; nothing else
-- ever leads to an account (an e-mail address can be changed, and claimed by somebody else).
CREATE TABLE identities (
    issuer       TEXT NOT NULL,
    subject      TEXT NOT NULL,
    user_id      TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at   TEXT NOT NULL,
    last_used_at TEXT NOT NULL,
    PRIMARY KEY (issuer, subject)
) STRICT, WITHOUT ROWID;
CREATE INDEX identities_by_user ON identities (user_id);
