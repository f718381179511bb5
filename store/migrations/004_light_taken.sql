-- Declarations by light that were taken here: each counts once, and once more with the centre's word, also after a
-- restart. Whoever filmed one may come back with it for as long as its order runs.
CREATE TABLE light_taken (
  declaration BLOB PRIMARY KEY CHECK (length(declaration) = 16),   -- wire.light: hash of what is sealed; names nobody
  worded      INTEGER NOT NULL CHECK (worded IN (0, 1)),           -- 1: it had come with the centre's proven word
  place       INTEGER NOT NULL,                                    -- of its newest record in the outbox
  until_ms    INTEGER NOT NULL CHECK (until_ms >= 0)               -- Unix ms: its order has ended, nobody takes it any more
) STRICT, WITHOUT ROWID;

-- Anybody can seal one, only the centre can add its word: those without are kept up to a number, the newest.
CREATE INDEX light_taken_wordless ON light_taken (place) WHERE worded = 0;
