-- What an empty database becomes, in one transaction. Times are seconds since 1970.
BEGIN IMMEDIATE;
PRAGMA application_id = 0x6e746664; -- "ntfd"
PRAGMA user_version = 1;

-- What is true of the database as a whole: `epoch`, and `checks`, a counter that proves
-- that writing works.
CREATE TABLE meta (
    name TEXT PRIMARY KEY,
    value ANY NOT NULL
) WITHOUT ROWID;
INSERT INTO meta (name, value) VALUES ('epoch', lower(hex(randomblob(16)))), ('checks', 0);

-- One row per stream that was ever written to; `floor` .. `head` are retained.
-- `notifications`, `others` and `unread` count what is retained, `oldest_at` is the time of
-- the event at `floor`, and `acknowledged` the highest seq any device of the owner has handled.
CREATE TABLE streams (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    epoch TEXT NOT NULL,
    head INTEGER NOT NULL DEFAULT 0,
    floor INTEGER NOT NULL DEFAULT 1,
    notifications INTEGER NOT NULL DEFAULT 0,
    others INTEGER NOT NULL DEFAULT 0,
    unread INTEGER NOT NULL DEFAULT 0,
    acknowledged INTEGER NOT NULL DEFAULT 0,
    oldest_at REAL
);
CREATE INDEX streams_by_age ON streams (oldest_at) WHERE oldest_at IS NOT NULL;

-- `body` is the event as JSON, replayed byte for byte. `unread` is 1 for a notification of an
-- inbox until it is read. Rows lie in the order of their commits: a group of publishers writes
-- a few full pages, where rows ordered by stream would touch one page each.
CREATE TABLE events (
    place INTEGER PRIMARY KEY,
    stream INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    id TEXT NOT NULL,
    at REAL NOT NULL,
    is_notification INTEGER NOT NULL,
    unread INTEGER NOT NULL,
    read_at REAL,
    body BLOB NOT NULL
);
CREATE UNIQUE INDEX events_by_seq ON events (stream, seq);
CREATE UNIQUE INDEX events_by_id ON events (id);
CREATE INDEX events_unread ON events (stream, seq) WHERE unread = 1;

-- The first answer that each key was given; `seq` is null when a read changed nothing.
-- `digest` is of scope, stream and name: short, because its index is written at random places.
CREATE TABLE keys (
    place INTEGER PRIMARY KEY,
    digest BLOB NOT NULL UNIQUE,
    fingerprint BLOB NOT NULL,
    expires_at REAL NOT NULL,
    seq INTEGER,
    id TEXT,
    at REAL,
    presentation TEXT,
    why TEXT
);
CREATE INDEX keys_by_expiry ON keys (expires_at);

-- Where each device stands.
CREATE TABLE cursors (
    stream INTEGER NOT NULL,
    user TEXT NOT NULL,
    device TEXT NOT NULL,
    seq INTEGER NOT NULL,
    seen_at REAL NOT NULL,
    PRIMARY KEY (stream, user, device)
) WITHOUT ROWID;
CREATE INDEX cursors_by_device ON cursors (user, device);

COMMIT;
