-- The edge database, version 1. STRICT tables; every column's rule stands beside it.
-- Later versions are migrations/NNN.sql; nothing here is ever reset, since unsent visits would be lost.

-- Small facts about this device, by name ("device", "enrolled_ms", ...). Never personal data.
CREATE TABLE meta (
  key   TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- A run of gapless sequence numbers. A new one is drawn with each new database, and when a receipt speaks of records that
-- this file never wrote (a card that lost flushed commits, a clone): numbers must never be given twice.
CREATE TABLE epoch (
  ordinal    INTEGER PRIMARY KEY CHECK (ordinal BETWEEN 1 AND 4194303),  -- the highest is the current one
  epoch      BLOB NOT NULL UNIQUE CHECK (length(epoch) = 8),       -- 64 random bits
  why        TEXT NOT NULL CHECK (why IN ('new', 'moved_aside', 'receipt_ahead')),
  drawn_ms   INTEGER NOT NULL,
  floor_seq  INTEGER NOT NULL DEFAULT 0,                           -- the last seq that retention has destroyed
  floor_head BLOB NOT NULL CHECK (length(floor_head) = 32)         -- the chain hash after it
) STRICT;

-- Content keys, only as wrapped for their recipients. Committed before their first use, in a transaction of their own:
-- a key lost with a rolled-back record would make later records unreadable for ever.
CREATE TABLE content_key (
  key_id        INTEGER PRIMARY KEY CHECK (key_id >= 0),           -- random, so that a lost one never comes back
  epoch         BLOB NOT NULL REFERENCES epoch (epoch),
  suite         INTEGER NOT NULL,
  trace_to      BLOB NOT NULL CHECK (length(trace_to) = 8),
  trace_wrapped BLOB NOT NULL,
  vault_to      BLOB NOT NULL CHECK (length(vault_to) = 8),
  vault_wrapped BLOB NOT NULL,
  made_ms       INTEGER NOT NULL
) STRICT;

-- Sealed records, oldest first, until the centre's receipt and 14 days more. Place and epoch are one integer, so that a
-- commit appends to one page (a key of two columns cost 2.8 pages a commit against 2.1: time, and wear of the card).
CREATE TABLE outbox (
  place    INTEGER PRIMARY KEY CHECK (place > 0),                  -- ordinal of the epoch * 2**40 + seq
  kind     INTEGER NOT NULL,
  key_id   INTEGER NOT NULL REFERENCES content_key (key_id),
  made_ms  INTEGER NOT NULL,                                       -- Unix ms; 0 when the clock was unset
  h_before BLOB NOT NULL CHECK (length(h_before) = 32),            -- chain hash before this record
  sealed   BLOB NOT NULL CHECK (length(sealed) <= 32768),
  ordinal  INTEGER GENERATED ALWAYS AS (place >> 40) VIRTUAL REFERENCES epoch (ordinal),
  seq      INTEGER GENERATED ALWAYS AS (place & 1099511627775) VIRTUAL CHECK (seq > 0)  -- gapless within its epoch
) STRICT;

-- The last receipt of each epoch, as signed. What it says is "through" is received; no row carries a mark of its own.
CREATE TABLE receipt (
  epoch          BLOB PRIMARY KEY REFERENCES epoch (epoch),
  generation     INTEGER NOT NULL,
  n              INTEGER NOT NULL,
  through_seq    INTEGER NOT NULL CHECK (through_seq >= 0),
  opened_through INTEGER NOT NULL,
  message        BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- When each stretch was first received, thinned to one row an hour: retention counts its 14 days from here.
CREATE TABLE receipt_log (
  epoch       BLOB NOT NULL REFERENCES epoch (epoch),
  through_seq INTEGER NOT NULL,
  received_ms INTEGER NOT NULL,                                    -- 0: the clock was unset; the next purge dates it
  PRIMARY KEY (epoch, through_seq)
) STRICT, WITHOUT ROWID;

-- Records that the centre keeps but cannot use, with its reason; the technician's page shows them.
CREATE TABLE rejected (
  epoch   BLOB NOT NULL REFERENCES epoch (epoch),
  seq     INTEGER NOT NULL,
  reason  TEXT NOT NULL,
  told_ms INTEGER NOT NULL,
  PRIMARY KEY (epoch, seq)
) STRICT, WITHOUT ROWID;

-- Events that must still be recorded (a lost range, an expired one): written with the deed itself, sealed later by a
-- process that holds content keys.
CREATE TABLE owed_event (
  id    INTEGER PRIMARY KEY,
  name  TEXT NOT NULL,
  facts TEXT NOT NULL CHECK (json_valid(facts))
) STRICT;

-- What the gate keeps readable of a visit, two days at most: no name, no number, a pseudonym whose key is in RAM only.
CREATE TABLE visit (
  place      INTEGER PRIMARY KEY,                                  -- of its record in the outbox; rises with time
  visitor    BLOB CHECK (visitor IS NULL OR length(visitor) = 16), -- HMAC under the day key; null: no identity shown
  direction  INTEGER NOT NULL CHECK (direction IN (1, 2)),         -- 1 in, 2 out
  signal     INTEGER NOT NULL CHECK (signal BETWEEN 1 AND 4),      -- 1 allow, 2 ask, 3 stop, 4 fault
  people     INTEGER NOT NULL DEFAULT 1 CHECK (people BETWEEN 1 AND 10),
  at_ms      INTEGER NOT NULL,                                     -- as the device knew the time
  boot       BLOB NOT NULL CHECK (length(boot) = 8),
  mono_ms    INTEGER NOT NULL                                      -- ms since that boot: what stays are measured by
) STRICT;

-- Signed documents from the centre, newest version only (wire.bulletin.accept decides).
CREATE TABLE bulletin (
  kind        TEXT NOT NULL,
  scope       TEXT NOT NULL,
  name        TEXT NOT NULL,
  version     INTEGER NOT NULL,
  issued_ms   INTEGER NOT NULL,
  expires_ms  INTEGER NOT NULL,
  body        BLOB NOT NULL,                                       -- in full, also where a delta came
  message     BLOB NOT NULL,                                       -- as signed
  received_ms INTEGER NOT NULL,
  PRIMARY KEY (kind, scope, name)
) STRICT, WITHOUT ROWID;

-- Root documents, every version, since each vouches for the next.
CREATE TABLE root (
  version INTEGER PRIMARY KEY,
  message BLOB NOT NULL
) STRICT;
