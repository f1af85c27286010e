package io.lectern.ingest.matter;

import java.util.List;

/**
 * The tables of a matter that ingest owns. Documents are identified by {@code sha256} for the rest of the program; other
 * sets of tables may refer to that column. {@code number} is the same document within the file and in the index. A set of
 * tables that rests on the offsets of a text keeps it from being read anew by a trigger before the update of {@code contents}
 * that raises IGNORE (docs/decisions/0043).
 */
final class MatterSchema {
    static final String SET = "ingest";

    static final List<Migration> MIGRATIONS = List.of(
            Migration.of(
                    "documents, where their files lie, what was found, and the index of their words",
                    """
            CREATE TABLE documents (
                number INTEGER PRIMARY KEY,
                sha256 TEXT NOT NULL UNIQUE,
                format TEXT NOT NULL,
                pages INTEGER NOT NULL,
                characters INTEGER NOT NULL
            ) STRICT""",
                    // Apart from documents, so that listing those does not leaf through texts.
                    """
            CREATE TABLE contents (
                document INTEGER PRIMARY KEY REFERENCES documents ON DELETE CASCADE,
                text BLOB NOT NULL,
                structure BLOB NOT NULL
            ) STRICT""",
                    // Paths are kept as file: URIs, which hold any name exactly, whatever the system's character set.
                    """
            CREATE TABLE sources (
                id INTEGER PRIMARY KEY AUTOINCREMENT,
                path TEXT NOT NULL UNIQUE,
                root TEXT NOT NULL,
                name TEXT NOT NULL,
                bytes INTEGER NOT NULL,
                modified INTEGER NOT NULL,
                settled INTEGER NOT NULL,
                state TEXT NOT NULL CHECK (state IN ('PRESENT', 'MISSING', 'LEFT_OUT')),
                document INTEGER REFERENCES documents
            ) STRICT""",
                    "CREATE INDEX sources_by_document ON sources (document)",
                    """
            CREATE TABLE versions (
                source INTEGER NOT NULL REFERENCES sources ON DELETE CASCADE,
                document INTEGER NOT NULL REFERENCES documents,
                read_at INTEGER NOT NULL,
                PRIMARY KEY (source, document)
            ) STRICT""",
                    "CREATE INDEX versions_by_document ON versions (document)",
                    """
            CREATE TABLE findings (
                document INTEGER REFERENCES documents ON DELETE CASCADE,
                source INTEGER REFERENCES sources ON DELETE CASCADE,
                kind TEXT NOT NULL,
                severity TEXT NOT NULL,
                page INTEGER NOT NULL,
                message TEXT NOT NULL,
                remedy TEXT NOT NULL,
                CHECK ((document IS NULL) <> (source IS NULL))
            ) STRICT""",
                    "CREATE INDEX findings_by_document ON findings (document)",
                    "CREATE INDEX findings_by_source ON findings (source)",
                    // Contentless: the index holds folded words and their places; the text stands in contents only.
                    // Words come
                    // folded and parted by spaces, so the simplest tokenizer does.
                    "CREATE VIRTUAL TABLE search USING fts5 (words, content = '', tokenize = 'ascii')",
                    // Without it, words of a deleted document stay in the file until segments happen to be merged.
                    "INSERT INTO search (search, rank) VALUES ('secure-delete', 1)",
                    "CREATE TABLE search_identity (identity TEXT NOT NULL) STRICT"),
            Migration.of(
                    "which reading of its file a document is, see DocumentReader.VERSION",
                    "ALTER TABLE documents ADD COLUMN reader INTEGER NOT NULL DEFAULT 1"));

    private MatterSchema() {}
}
