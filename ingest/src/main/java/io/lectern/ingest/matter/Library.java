package io.lectern.ingest.matter;

import io.lectern.ingest.document.DocumentFormat;
import io.lectern.ingest.document.DocumentId;
import io.lectern.ingest.document.Finding;
import io.lectern.ingest.matter.LibraryEntry.Status;
import java.net.URI;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The paths of a matter in its tables. Every method works within its caller's transaction. */
final class Library {

    /** Whether a path's file is there to be read. */
    enum State {
        PRESENT,
        MISSING,
        LEFT_OUT
    }

    /**
     * What is to be kept of a path.
     *
     * @param bytes size of the file
     * @param modified nanoseconds since 1970
     * @param settled whether size and time are proof enough that the content is still the same: a file that was written
     *     the moment before it was looked at could change again without showing it
     */
    record Source(
            Path path,
            Path root,
            String name,
            long bytes,
            long modified,
            boolean settled,
            State state,
            DocumentId document,
            List<Finding> findings) {}

    /**
     * What is known of a path, as far as deciding whether to read it needs.
     *
     * @param reader which {@link io.lectern.ingest.extract.DocumentReader#VERSION} read its document
     */
    record Known(long id, long bytes, long modified, boolean settled, State state, DocumentId document, int reader) {}

    private static final long NANOS = 1_000_000_000L;

    private Library() {}

    static long nanos(Instant instant) {
        return instant.getEpochSecond() * NANOS + instant.getNano();
    }

    private static Instant instant(long nanos) {
        return Instant.ofEpochSecond(Math.floorDiv(nanos, NANOS), Math.floorMod(nanos, NANOS));
    }

    static Map<Path, Known> known(Connection connection) throws SQLException {
        Map<Path, Known> known = new HashMap<>();
        try (var select = connection.prepareStatement("""
                SELECT id, path, bytes, modified, settled, state, sha256, reader
                FROM sources LEFT JOIN documents ON number = document""")) {
            ResultSet row = select.executeQuery();
            while (row.next()) {
                known.put(
                        path(row.getString("path")),
                        new Known(
                                row.getLong("id"),
                                row.getLong("bytes"),
                                row.getLong("modified"),
                                row.getBoolean("settled"),
                                State.valueOf(row.getString("state")),
                                documentId(row),
                                row.getInt("reader")));
            }
        }
        return known;
    }

    /** Keeps a path, new or known; its document, where there is one, must be stored. A known path keeps its root. */
    static long put(Connection connection, Source source) throws SQLException {
        long id;
        try (var upsert = connection.prepareStatement("""
                INSERT INTO sources (path, root, name, bytes, modified, settled, state, document)
                VALUES (?, ?, ?, ?, ?, ?, ?, (SELECT number FROM documents WHERE sha256 = ?))
                ON CONFLICT (path) DO UPDATE SET bytes = excluded.bytes, modified = excluded.modified,
                    settled = excluded.settled, state = excluded.state, document = excluded.document
                RETURNING id""")) {
            upsert.setString(1, uri(source.path()));
            upsert.setString(2, uri(source.root()));
            upsert.setString(3, source.name());
            upsert.setLong(4, source.bytes());
            upsert.setLong(5, source.modified());
            upsert.setBoolean(6, source.settled());
            upsert.setString(7, source.state().name());
            DocumentStore.bindDocument(upsert, 8, source.document());
            ResultSet row = upsert.executeQuery();
            row.next();
            id = row.getLong(1);
        }
        try (var delete = connection.prepareStatement("DELETE FROM findings WHERE source = ?")) {
            delete.setLong(1, id);
            delete.executeUpdate();
        }
        DocumentStore.insertFindings(connection, "source", id, source.findings());
        try (var version = connection.prepareStatement("""
                INSERT INTO versions (source, document, read_at)
                SELECT id, document, ? FROM sources WHERE id = ? AND document IS NOT NULL
                ON CONFLICT DO UPDATE SET read_at = excluded.read_at""")) {
            version.setLong(1, nanos(Instant.now()));
            version.setLong(2, id);
            version.executeUpdate();
        }
        return id;
    }

    static void markMissing(Connection connection, long id) throws SQLException {
        try (var update = connection.prepareStatement("UPDATE sources SET state = 'MISSING' WHERE id = ?")) {
            update.setLong(1, id);
            update.executeUpdate();
        }
    }

    static void delete(Connection connection, Collection<Long> ids) throws SQLException {
        try (var delete = connection.prepareStatement("DELETE FROM sources WHERE id = ?")) {
            for (long id : ids) {
                delete.setLong(1, id);
                delete.executeUpdate();
            }
        }
    }

    static List<DocumentVersion> versions(Connection connection, long sourceId) throws SQLException {
        List<DocumentVersion> versions = new ArrayList<>();
        try (var select =
                connection.prepareStatement("SELECT sha256, read_at FROM versions JOIN documents ON number = document"
                        + " WHERE source = ? ORDER BY read_at, versions.rowid")) {
            select.setLong(1, sourceId);
            ResultSet row = select.executeQuery();
            while (row.next()) {
                versions.add(new DocumentVersion(documentId(row), instant(row.getLong("read_at"))));
            }
        }
        return versions;
    }

    /** All paths, those of one root together, by name. */
    static List<LibraryEntry> entries(Connection connection) throws SQLException {
        return entries(connection, null);
    }

    static LibraryEntry entry(Connection connection, long id) throws SQLException {
        return entries(connection, id).getFirst();
    }

    private static List<LibraryEntry> entries(Connection connection, Long onlyId) throws SQLException {
        String sources = onlyId == null ? "sources" : "(SELECT * FROM sources WHERE id = ?)";
        Map<Long, List<Finding>> ofSources = findings(connection, "source", "SELECT id FROM " + sources, onlyId);
        Map<Long, List<Finding>> ofDocuments =
                findings(connection, "document", "SELECT document FROM " + sources, onlyId);
        List<LibraryEntry> entries = new ArrayList<>();
        try (var select = connection.prepareStatement("""
                SELECT s.id, s.path, s.root, s.name, s.bytes, s.modified, s.state, s.document,
                    d.sha256, d.format, d.pages, d.characters,
                    (SELECT o.name FROM sources o WHERE o.document = s.document AND o.id < s.id
                        AND o.state = 'PRESENT' ORDER BY o.id LIMIT 1) AS original
                FROM %s s LEFT JOIN documents d ON d.number = s.document
                ORDER BY s.root, s.name, s.id""".formatted(sources))) {
            if (onlyId != null) {
                select.setLong(1, onlyId);
            }
            ResultSet row = select.executeQuery();
            while (row.next()) {
                List<Finding> findings = new ArrayList<>(ofSources.getOrDefault(row.getLong("id"), List.of()));
                String original = row.getString("original");
                if (original != null) {
                    findings.add(duplicateOf(row.getString("name"), original));
                }
                findings.addAll(ofDocuments.getOrDefault(row.getLong("document"), List.of()));
                entries.add(entry(row, findings));
            }
        }
        return entries;
    }

    private static LibraryEntry entry(ResultSet row, List<Finding> findings) throws SQLException {
        String format = row.getString("format");
        int characters = row.getInt("characters");
        Status status = switch (State.valueOf(row.getString("state"))) {
            case MISSING -> Status.MISSING;
            case LEFT_OUT -> Status.LEFT_OUT;
            case PRESENT -> characters > 0 ? Status.READY : Status.UNREADABLE;
        };
        return new LibraryEntry(
                row.getLong("id"),
                path(row.getString("path")),
                path(row.getString("root")),
                row.getString("name"),
                documentId(row),
                format == null ? DocumentFormat.UNSUPPORTED : DocumentFormat.valueOf(format),
                row.getInt("pages"),
                characters,
                row.getLong("bytes"),
                instant(row.getLong("modified")),
                status,
                findings);
    }

    private static Map<Long, List<Finding>> findings(Connection connection, String owner, String ids, Long onlyId)
            throws SQLException {
        Map<Long, List<Finding>> findings = new HashMap<>();
        try (var select = connection.prepareStatement("SELECT " + owner
                + " AS owner, kind, severity, page, message, remedy FROM findings WHERE " + owner + " IN (" + ids
                + ") ORDER BY rowid")) {
            if (onlyId != null) {
                select.setLong(1, onlyId);
            }
            ResultSet row = select.executeQuery();
            while (row.next()) {
                findings.computeIfAbsent(row.getLong("owner"), id -> new ArrayList<>())
                        .add(DocumentStore.finding(row));
            }
        }
        return findings;
    }

    private static Finding duplicateOf(String name, String original) {
        return Finding.ofFile(
                Finding.Kind.DUPLICATE,
                Finding.Severity.NOTE,
                name + " has the same content as " + original + "; it is kept and read once.",
                "");
    }

    private static DocumentId documentId(ResultSet row) throws SQLException {
        String sha256 = row.getString("sha256");
        return sha256 == null ? null : new DocumentId(sha256);
    }

    private static String uri(Path path) {
        return path.toUri().toString();
    }

    private static Path path(String uri) {
        return Path.of(URI.create(uri));
    }
}
