-- Who has declared and was well: what lets the same visitor pass again with one scan. A row is never about somebody who
-- was not: symptoms and exposures are sealed in the outbox and nowhere else, so that a stolen card tells of nobody's.
CREATE TABLE declared (
  visitor BLOB NOT NULL CHECK (length(visitor) = 16),              -- HMAC under the day key, as in `visit`
  form    TEXT NOT NULL,                                           -- url|version of the form that was filled in
  place   INTEGER NOT NULL,                                        -- of the declaration's record in the outbox
  at_ms   INTEGER NOT NULL,                                        -- as the device knew the time: retention counts from it
  boot    BLOB NOT NULL CHECK (length(boot) = 8),
  mono_ms INTEGER NOT NULL,                                        -- ms since that boot: what its age is measured by
  PRIMARY KEY (visitor, form)
) STRICT, WITHOUT ROWID;
