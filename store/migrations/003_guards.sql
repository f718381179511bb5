-- Guards' accounts and the slips of paper that stand in for the kiosk.

-- Who may open the guard's page. Written by the technician's command alone.
CREATE TABLE guard (
  key      TEXT PRIMARY KEY CHECK (length(key) BETWEEN 1 AND 64),  -- the name, case folded: what is typed at the door
  name     TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 32),    -- as it stands in the records of its overrides
  granted  INTEGER NOT NULL CHECK (granted > 0),                   -- drawn anew with each reset: ends what hung on the old one
  salt     BLOB NOT NULL CHECK (length(salt) = 16),
  digest   BLOB NOT NULL CHECK (length(digest) = 32),              -- scrypt of the one-time PIN
  until_ms INTEGER NOT NULL                                        -- when the one-time PIN ends, Unix ms
) STRICT, WITHOUT ROWID;

-- The PIN that a guard chose at the first entry. Written by the kiosk alone; void when `granted` is not the account's.
CREATE TABLE guard_pin (
  key     TEXT PRIMARY KEY REFERENCES guard (key) ON DELETE CASCADE,
  granted INTEGER NOT NULL,
  salt    BLOB NOT NULL CHECK (length(salt) = 16),
  digest  BLOB NOT NULL CHECK (length(digest) = 32)
) STRICT, WITHOUT ROWID;

-- Numbers given out for slips of paper: which of them are still on paper only. Never what stands on a slip.
CREATE TABLE slip (
  number     INTEGER PRIMARY KEY CHECK (number > 0),
  given_ms   INTEGER NOT NULL,                                     -- Unix ms as the kiosk knew it; 0: it did not
  entered_ms INTEGER                                               -- null: not entered yet
) STRICT;
