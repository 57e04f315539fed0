CREATE TABLE links (
    slug TEXT PRIMARY KEY,
    url TEXT NOT NULL,
    visits INTEGER NOT NULL DEFAULT 0 CHECK (visits >= 0),
    -- ISO 8601 in UTC with microseconds: one fixed width, so text order is time order.
    created_at TEXT NOT NULL
) STRICT;

CREATE INDEX links_newest_first ON links (created_at DESC, slug DESC);
