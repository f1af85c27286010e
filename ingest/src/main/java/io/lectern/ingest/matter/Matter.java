package io.lectern.ingest.matter;

import io.lectern.ingest.Progress;
import io.lectern.ingest.document.Document;
import io.lectern.ingest.document.DocumentId;
import io.lectern.ingest.extract.DocumentReader;
import io.lectern.ingest.matter.Database.Durability;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;

/**
 * A matter: one SQLite file that holds the documents of a piece of work, where their files lie, an index of their words,
 * and whatever other modules keep beside them.
 *
 * <p>May be used from any thread. Several processes may have the same matter open: all of them read the last committed
 * state at any time, and writers wait for one another. Whatever moment a process ends at, the file holds the last
 * committed state, whole.
 */
public final class Matter implements AutoCloseable {
    private final Database database;
    private final DocumentReader reader;

    private Matter(Database database, DocumentReader reader) {
        this.database = database;
        this.reader = reader;
    }

    /**
     * Opens a matter, or creates one where there is no file or an empty one. Checks its integrity, and brings the tables of
     * an older Lectern up to date.
     *
     * @throws MatterException if it is not a matter, is damaged, was written by a newer Lectern, cannot be written, or is
     *     kept busy by another program; the message says which and what to do
     */
    public static Matter open(Path file) {
        Database database = Database.open(file);
        try {
            database.migrate(MatterSchema.SET, MatterSchema.MIGRATIONS);
            if (database.read(DocumentStore::isIndexStale)) {
                database.write(Durability.PROCESS, connection -> {
                    DocumentStore.rebuildIndex(connection);
                    return null;
                });
            }
            return new Matter(database, new DocumentReader());
        } catch (RuntimeException e) {
            database.close();
            throw e;
        }
    }

    /** Where it lies, absolute. */
    public Path file() {
        return database.file();
    }

    /**
     * Brings a module's own set of tables to its last version, in one transaction.
     *
     * @param set name of the set, the module's own
     * @param migrations all steps that ever were, oldest first
     * @throws MatterException if a newer Lectern has written the set
     */
    public void migrate(String set, List<Migration> migrations) {
        if (set.equals(MatterSchema.SET)) {
            throw new IllegalArgumentException("the set " + set + " belongs to the matter itself");
        }
        database.migrate(set, migrations);
    }

    /** Runs a query that changes nothing, in one transaction. Any number may run at a time, beside a write. */
    public <T> T read(Query<T> query) {
        return database.read(query);
    }

    /**
     * Runs a query that may change anything, in one transaction: all of it is kept, or nothing if it throws. When this
     * returns, what it wrote survives a power cut. Writes come one after another.
     */
    public <T> T write(Query<T> query) {
        return database.write(Durability.FULL, query);
    }

    /**
     * {@link #write} for what deletes: afterwards the deleted is overwritten in the file, is not in its write-ahead log,
     * and its space belongs to the file system again.
     */
    public <T> T erase(Query<T> query) {
        T result = write(query);
        database.shrink();
        return result;
    }

    /**
     * Reads files and folders into the matter. A file whose size and time of change are the known ones is passed over;
     * otherwise its hash decides. A changed file is a new version of its path; a known file that is gone from a given
     * folder is marked missing; the same content at two paths is kept once. What is wrong with a file becomes a finding.
     *
     * @param paths files and folders; none of the matter's own files is ever read
     * @param progress hears of each file, and calls it off between files
     * @param listener hears of each file as it finishes, on the calling thread
     * @throws MatterException if a path is neither there nor known, before anything is read
     */
    public IngestSummary ingest(List<Path> paths, Progress progress, Consumer<FileResult> listener) {
        return new Ingestion(database, reader, progress, listener).run(paths);
    }

    /** {@link #ingest(List, Progress, Consumer)} for callers that are content with the summary. */
    public IngestSummary ingest(List<Path> paths, Progress progress) {
        return ingest(paths, progress, result -> {});
    }

    /** All files of the library, those of one root together, by name. */
    public List<LibraryEntry> entries() {
        return database.read(Library::entries);
    }

    /** What a path has held, the newest last. */
    public List<DocumentVersion> versions(long sourceId) {
        return database.read(connection -> Library.versions(connection, sourceId));
    }

    /**
     * A document, equal to what was read from its file.
     *
     * @throws MatterException if it is not in the matter
     */
    public Document document(DocumentId id) {
        return database.read(connection -> DocumentStore.load(connection, id));
    }

    /**
     * Looks for words in the documents that the library's paths hold now. All words must be there; words between quotation
     * marks, and parts of a word such as {@code 12.2(b)}, must follow one another; the last word may be unfinished. Case,
     * accents and line-end hyphens do not count. Any text is a valid query.
     *
     * @param limit documents at most
     * @return the best first, with the places of the words in the documents' texts; empty for a query without words
     */
    public List<SearchHit> search(String query, int limit) {
        SearchQuery parsed = SearchQuery.of(query);
        return parsed.isEmpty()
                ? List.of()
                : database.read(connection -> DocumentStore.search(connection, parsed, limit));
    }

    /**
     * Takes paths out of the library, and deletes the documents that no other path holds or held: text, structure, findings,
     * index and whatever other tables keep of them. What was deleted is overwritten in the file. Files on disk stay.
     *
     * @param sourceIds see {@link LibraryEntry#sourceId()}
     */
    public void remove(Collection<Long> sourceIds) {
        erase(connection -> {
            Library.delete(connection, sourceIds);
            DocumentStore.deleteUnreferenced(connection);
            return null;
        });
    }

    /** Waits for a write in hand, then closes the file. */
    @Override
    public void close() {
        database.close();
    }
}
