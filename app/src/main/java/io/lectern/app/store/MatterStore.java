package io.lectern.app.store;

import io.lectern.ingest.matter.Matter;
import io.lectern.ingest.matter.Migration;
import java.util.List;

/**
 * The application's own tables in a matter.
 *
 * @param matter whose they are; its owner closes it
 * @param answers conversations and answers
 * @param tokenCounts how many tokens documents have
 * @param settings what is set for this matter
 * @param readings what models have read of it, kept on disk
 */
public record MatterStore(
        Matter matter, AnswerStore answers, TokenCounts tokenCounts, Settings settings, KeptReadings readings) {

    private static final String SET = "app";

    private static final List<Migration> MIGRATIONS = List.of(
            Migration.of(
                    "conversations, answers, token counts, settings",
                    """
            CREATE TABLE conversations (
                id INTEGER PRIMARY KEY AUTOINCREMENT,
                name TEXT NOT NULL,
                started_at INTEGER NOT NULL
            ) STRICT""",
                    "INSERT INTO conversations (name, started_at) VALUES ('Conversation', unixepoch() * 1000)",
                    """
            CREATE TABLE answers (
                number INTEGER PRIMARY KEY AUTOINCREMENT,
                id TEXT NOT NULL UNIQUE,
                conversation INTEGER NOT NULL REFERENCES conversations ON DELETE CASCADE,
                json TEXT NOT NULL
            ) STRICT""",
                    "CREATE INDEX answers_by_conversation ON answers (conversation)",
                    // The documents whose words an answer may hold: those the model read for it and those it cites.
                    """
            CREATE TABLE answer_documents (
                answer INTEGER NOT NULL REFERENCES answers ON DELETE CASCADE,
                document TEXT NOT NULL REFERENCES documents (sha256),
                PRIMARY KEY (answer, document)
            ) STRICT, WITHOUT ROWID""",
                    "CREATE INDEX answer_documents_by_document ON answer_documents (document)",
                    // Deleting a document deletes what may quote it, whoever deletes it (docs/decisions/0052).
                    """
            CREATE TRIGGER answers_go_with_their_documents BEFORE DELETE ON documents BEGIN
                DELETE FROM answers WHERE number IN
                    (SELECT answer FROM answer_documents WHERE document = OLD.sha256);
            END""",
                    """
            CREATE TABLE token_counts (
                document TEXT NOT NULL REFERENCES documents (sha256) ON DELETE CASCADE,
                tokenizer TEXT NOT NULL,
                tokens INTEGER NOT NULL,
                PRIMARY KEY (document, tokenizer)
            ) STRICT, WITHOUT ROWID""",
                    "CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID"),
            Migration.of(
                    "what rests on a document's text when a later reader reads it otherwise",
                    // Answers cite by offsets: the text they rest on stays (docs/decisions/0043).
                    """
            CREATE TRIGGER texts_stay_under_their_answers BEFORE UPDATE ON contents
            WHEN EXISTS (SELECT 1 FROM answer_documents JOIN documents ON sha256 = answer_documents.document
                WHERE number = OLD.document)
            BEGIN
                SELECT RAISE(IGNORE);
            END""",
                    """
            CREATE TRIGGER token_counts_go_with_their_texts AFTER UPDATE ON contents BEGIN
                DELETE FROM token_counts WHERE document =
                    (SELECT sha256 FROM documents WHERE number = OLD.document);
            END"""),
            // No table changes: a Lectern that does not know the part of an answer would call the answer damaged.
            Migration.of("answers with the model's thinking"),
            Migration.of(
                    "what models have read of a matter goes with its documents",
                    // A trigger cannot delete files: it leaves word for whoever opens the matter next, or has it open.
                    """
            CREATE TRIGGER readings_go_with_their_documents BEFORE DELETE ON documents
            WHEN EXISTS (SELECT 1 FROM settings WHERE key = 'readings folder')
            BEGIN
                INSERT OR REPLACE INTO settings VALUES ('readings to delete', 'yes');
            END"""));

    /**
     * The application's tables of a matter, made or brought up to date where needed.
     *
     * @throws io.lectern.ingest.matter.MatterException if a newer Lectern has written them
     */
    public static MatterStore of(Matter matter) {
        matter.migrate(SET, MIGRATIONS);
        Settings settings = new Settings(matter);
        KeptReadings readings = new KeptReadings(settings);
        readings.deleteIfDocumentsWent();
        return new MatterStore(matter, new AnswerStore(matter), new TokenCounts(matter), settings, readings);
    }
}
