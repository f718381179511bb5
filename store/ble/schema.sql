-- What the radio heard, version 1. A file of its own, with its own legal days; expendable: a damaged one is put aside
-- and a new one begun. Identifiers and passes lie sealed under the key of their UTC day, but for the taps of the moment.

-- One key a day. The purge destroys it first: what a power cut leaves behind then is sealed under a key that is no more.
CREATE TABLE day_key (
  day INTEGER PRIMARY KEY CHECK (day >= 0),                        -- Unix ms / 86,400,000
  key BLOB NOT NULL CHECK (length(key) = 32)                       -- random
) STRICT;

-- Sealed blocks of sightings (wire.sighting_blocks), each what one commit added to a day. Place and day are one integer,
-- so that a commit appends to one page and a day is one range.
CREATE TABLE block (
  place   INTEGER PRIMARY KEY,                                     -- day * 2**32 + number, rising
  first   INTEGER NOT NULL CHECK (first BETWEEN 0 AND 1439),       -- the first minute of the day that it speaks of
  last    INTEGER NOT NULL CHECK (last BETWEEN first AND 1439),    -- and the last one
  windows INTEGER NOT NULL CHECK (windows > 0),                    -- how many lie in it
  sealed  BLOB NOT NULL CHECK (length(sealed) > 28),
  day     INTEGER GENERATED ALWAYS AS (place >> 32) VIRTUAL
) STRICT;

CREATE TRIGGER block_needs_its_key BEFORE INSERT ON block
WHEN NOT EXISTS (SELECT 1 FROM day_key WHERE day = NEW.place >> 32)
BEGIN SELECT raise(ABORT, 'a block without the key of its day'); END;

-- Tags held to the gate, for the gate process to take up at once; only the last few rows stay.
CREATE TABLE tap (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,                    -- never given twice: the gate's place in the list
  pass_id    BLOB NOT NULL CHECK (length(pass_id) = 16),
  expires_s  INTEGER NOT NULL CHECK (expires_s >= 0),              -- of the tag, Unix seconds
  companions INTEGER NOT NULL CHECK (companions BETWEEN 0 AND 9),
  at_ms      INTEGER NOT NULL,
  boot       BLOB NOT NULL CHECK (length(boot) = 8),
  mono_ms    INTEGER NOT NULL                                      -- since that boot: how old a tap is, whatever the clock
) STRICT;

-- Who is to be told of an exposure: written by the match job, read by the gate. Sealed under the day of the exposure.
CREATE TABLE exposure (
  name      BLOB PRIMARY KEY CHECK (length(name) = 16),            -- of pass and case under the day key: each once a day
  day       INTEGER NOT NULL,                                      -- the UTC day of the exposure
  matched   INTEGER NOT NULL,                                      -- the day of Viet Nam whose matching gave it
  case_name BLOB NOT NULL CHECK (length(case_name) = 16),          -- of the case under the day key
  sealed    BLOB NOT NULL CHECK (length(sealed) > 28)              -- pass id, at ms, ends ms, case
) STRICT, WITHOUT ROWID;

-- Days (of Viet Nam: 17:00 UTC to 17:00 UTC) that were matched, and with what: a run does only what is new.
CREATE TABLE matched (
  day    INTEGER PRIMARY KEY,                                      -- the UTC day in which it ends
  plan   BLOB NOT NULL CHECK (length(plan) = 16),                  -- a hash of the keys and of what may be done with them
  before INTEGER NOT NULL,                                         -- the newest block of the UTC day before
  own    INTEGER NOT NULL                                          -- the newest block of this UTC day
) STRICT;

-- What was sent to the centre, by name only: each once. `batch` 0: known to be committed there.
CREATE TABLE sent (
  name      BLOB PRIMARY KEY CHECK (length(name) = 16),            -- of what it says, under the day key
  day       INTEGER NOT NULL,
  case_name BLOB NOT NULL CHECK (length(case_name) = 16),
  batch     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The batch that is being committed to the outbox of the other file: after a kill, the outbox tells whether it was.
CREATE TABLE sending (
  batch INTEGER PRIMARY KEY CHECK (batch > 0),
  after INTEGER NOT NULL                                           -- the newest place of the outbox before it
) STRICT;

-- What was done about a silent radio, for the technician and against a second reboot in a day.
CREATE TABLE radio_step (
  id      INTEGER PRIMARY KEY,
  name    TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 40),
  at_ms   INTEGER NOT NULL,
  boot    BLOB NOT NULL CHECK (length(boot) = 8),
  mono_ms INTEGER NOT NULL,
  detail  TEXT NOT NULL CHECK (length(detail) <= 200)
) STRICT;

-- How the radio is now: counts and states, never an identifier.
CREATE TABLE radio_status (
  one   INTEGER PRIMARY KEY CHECK (one = 1),
  facts TEXT NOT NULL CHECK (json_valid(facts) AND length(facts) <= 4000)
) STRICT;
