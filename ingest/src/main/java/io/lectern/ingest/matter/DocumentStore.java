package io.lectern.ingest.matter;

import io.lectern.ingest.document.Document;
import io.lectern.ingest.document.DocumentFormat;
import io.lectern.ingest.document.DocumentId;
import io.lectern.ingest.document.Finding;
import io.lectern.ingest.document.Span;
import io.lectern.ingest.matter.DocumentCodec.Structure;
import io.lectern.ingest.matter.MatterException.Reason;
import io.lectern.ingest.matter.Words.Word;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Documents in the tables of a matter, with the index of their words. Every method works within its caller's transaction. */
final class DocumentStore {

    /** A document made ready for storing, which is most of the work and needs no database. */
    record Prepared(Document document, int reader, byte[] text, byte[] structure, String words) {
        /** @param reader which {@link io.lectern.ingest.extract.DocumentReader#VERSION} read it */
        static Prepared of(Document document, int reader) {
            return new Prepared(
                    document,
                    reader,
                    DocumentCodec.encodeText(document.text()),
                    DocumentCodec.encode(new Structure(document.pages(), document.layout(), document.typedSpans())),
                    indexed(document));
        }
    }

    /** What became of a reading that was to be stored. */
    enum Stored {
        /** The content was not known. */
        NEW,
        /** The content was known, and reads as it did. */
        SAME,
        /** The content was known and reads otherwise now: the text was renewed. */
        RENEWED,
        /** The content was known and reads otherwise now, but something rests on the earlier text, which stays. */
        WITHHELD
    }

    private static final Finding OLDER_READING = Finding.ofFile(
            Finding.Kind.OLDER_READING,
            Finding.Severity.WARNING,
            "This Lectern reads the file otherwise than the one that added it. Answers rest on the earlier reading, so it is kept.",
            "For the new reading, remove the file from the library and add it again; those answers go with it.");

    private DocumentStore() {}

    private static String indexed(Document document) {
        return Words.of(document).stream().map(Word::folded).collect(Collectors.joining(" "));
    }

    /** Stores a document with everything that hangs on it; one whose content is known, only if this is a later reading. */
    static Stored put(Connection connection, Prepared prepared) throws SQLException {
        try (var select = connection.prepareStatement("SELECT number, reader FROM documents WHERE sha256 = ?")) {
            select.setString(1, prepared.document().id().sha256());
            ResultSet row = select.executeQuery();
            if (!row.next()) {
                insert(connection, prepared);
                return Stored.NEW;
            }
            return row.getInt("reader") >= prepared.reader()
                    ? Stored.SAME
                    : renew(connection, row.getLong("number"), prepared);
        }
    }

    private static Stored renew(Connection connection, long number, Prepared prepared) throws SQLException {
        Document before = load(connection, number);
        Document document = prepared.document();
        boolean isSame = before.withFindings(List.of()).equals(document.withFindings(List.of()));
        if (!isSame && !renewContents(connection, number, prepared)) {
            setReader(connection, number, prepared.reader());
            deleteFindings(connection, number, OLDER_READING.kind().name());
            insertFindings(connection, "document", number, List.of(OLDER_READING));
            return Stored.WITHHELD;
        }
        if (!isSame) {
            forget(connection, number, indexed(before));
            index(connection, number, prepared.words());
        }
        try (var update = connection.prepareStatement(
                "UPDATE documents SET format = ?, pages = ?, characters = ? WHERE number = ?")) {
            update.setString(1, document.format().name());
            update.setInt(2, document.pages().size());
            update.setInt(3, document.text().length());
            update.setLong(4, number);
            update.executeUpdate();
        }
        setReader(connection, number, prepared.reader());
        deleteFindings(connection, number, "%");
        insertFindings(connection, "document", number, document.findings());
        return isSame ? Stored.SAME : Stored.RENEWED;
    }

    /** Gives whether it was done: a trigger of whoever rests on the text that is there may pass over it. */
    private static boolean renewContents(Connection connection, long number, Prepared prepared) throws SQLException {
        try (var update =
                connection.prepareStatement("UPDATE contents SET text = ?, structure = ? WHERE document = ?")) {
            update.setBytes(1, prepared.text());
            update.setBytes(2, prepared.structure());
            update.setLong(3, number);
            return update.executeUpdate() > 0;
        }
    }

    private static void setReader(Connection connection, long number, int reader) throws SQLException {
        try (var update = connection.prepareStatement("UPDATE documents SET reader = ? WHERE number = ?")) {
            update.setInt(1, reader);
            update.setLong(2, number);
            update.executeUpdate();
        }
    }

    private static void deleteFindings(Connection connection, long number, String kinds) throws SQLException {
        try (var delete = connection.prepareStatement("DELETE FROM findings WHERE document = ? AND kind LIKE ?")) {
            delete.setLong(1, number);
            delete.setString(2, kinds);
            delete.executeUpdate();
        }
    }

    private static void insert(Connection connection, Prepared prepared) throws SQLException {
        Document document = prepared.document();
        long number;
        try (var insert =
                connection.prepareStatement("INSERT INTO documents (sha256, format, pages, characters, reader)"
                        + " VALUES (?, ?, ?, ?, ?) RETURNING number")) {
            insert.setString(1, document.id().sha256());
            insert.setString(2, document.format().name());
            insert.setInt(3, document.pages().size());
            insert.setInt(4, document.text().length());
            insert.setInt(5, prepared.reader());
            ResultSet row = insert.executeQuery();
            row.next();
            number = row.getLong(1);
        }
        try (var insert = connection.prepareStatement("INSERT INTO contents VALUES (?, ?, ?)")) {
            insert.setLong(1, number);
            insert.setBytes(2, prepared.text());
            insert.setBytes(3, prepared.structure());
            insert.executeUpdate();
        }
        insertFindings(connection, "document", number, document.findings());
        index(connection, number, prepared.words());
    }

    /** Adds findings to a row of the table that {@code owner}, a column of findings, refers to. */
    static void insertFindings(Connection connection, String owner, long id, List<Finding> findings)
            throws SQLException {
        try (var insert = connection.prepareStatement("INSERT INTO findings (" + owner
                + ", kind, severity, page, message, remedy) VALUES (?, ?, ?, ?, ?, ?)")) {
            for (Finding finding : findings) {
                insert.setLong(1, id);
                insert.setString(2, finding.kind().name());
                insert.setString(3, finding.severity().name());
                insert.setInt(4, finding.page());
                insert.setString(5, finding.message());
                insert.setString(6, finding.remedy());
                insert.executeUpdate();
            }
        }
    }

    /** A finding from a row with the columns kind, severity, page, message and remedy. */
    static Finding finding(ResultSet row) throws SQLException {
        return new Finding(
                Finding.Kind.valueOf(row.getString("kind")),
                Finding.Severity.valueOf(row.getString("severity")),
                row.getInt("page"),
                row.getString("message"),
                row.getString("remedy"));
    }

    /** The documents that were read by this version of the reader or a later one. */
    static Set<DocumentId> readBy(Connection connection, int reader) throws SQLException {
        Set<DocumentId> ids = new HashSet<>();
        try (var select = connection.prepareStatement("SELECT sha256 FROM documents WHERE reader >= ?")) {
            select.setInt(1, reader);
            ResultSet row = select.executeQuery();
            while (row.next()) {
                ids.add(new DocumentId(row.getString(1)));
            }
        }
        return ids;
    }

    /** @throws MatterException if there is no such document */
    static Document load(Connection connection, DocumentId id) throws SQLException {
        try (var select = connection.prepareStatement("SELECT number FROM documents WHERE sha256 = ?")) {
            select.setString(1, id.sha256());
            ResultSet row = select.executeQuery();
            if (!row.next()) {
                throw new MatterException(
                        Reason.NOT_FOUND, "document " + id.abbreviated() + " is not in this matter any more");
            }
            return load(connection, row.getLong(1));
        }
    }

    private static Document load(Connection connection, long number) throws SQLException {
        try (var select = connection.prepareStatement("SELECT sha256, format, text, structure"
                + " FROM documents JOIN contents ON document = number WHERE number = ?")) {
            select.setLong(1, number);
            ResultSet row = select.executeQuery();
            row.next();
            DocumentId id = new DocumentId(row.getString("sha256"));
            try {
                Structure structure = DocumentCodec.decode(row.getBytes("structure"));
                return new Document(
                        id,
                        DocumentFormat.valueOf(row.getString("format")),
                        DocumentCodec.decodeText(row.getBytes("text")),
                        structure.pages(),
                        structure.layout(),
                        structure.typedSpans(),
                        findings(connection, number));
            } catch (IOException e) {
                throw new MatterException(
                        Reason.DAMAGED,
                        "document " + id.abbreviated() + " is damaged in this matter: remove it and add it again",
                        e);
            }
        }
    }

    private static List<Finding> findings(Connection connection, long number) throws SQLException {
        List<Finding> findings = new ArrayList<>();
        try (var select = connection.prepareStatement(
                "SELECT kind, severity, page, message, remedy FROM findings WHERE document = ? ORDER BY rowid")) {
            select.setLong(1, number);
            ResultSet row = select.executeQuery();
            while (row.next()) {
                findings.add(finding(row));
            }
        }
        return findings;
    }

    /** Deletes the documents that no path holds or ever held, with text, index and everything else that refers to them. */
    static void deleteUnreferenced(Connection connection) throws SQLException {
        List<Long> numbers = numbers(connection, """
                SELECT number FROM documents
                WHERE NOT EXISTS (SELECT 1 FROM sources WHERE document = number)
                  AND NOT EXISTS (SELECT 1 FROM versions WHERE document = number)""");
        for (long number : numbers) {
            forget(connection, number, indexed(load(connection, number)));
            try (var delete = connection.prepareStatement("DELETE FROM documents WHERE number = ?")) {
                delete.setLong(1, number);
                delete.executeUpdate();
            }
        }
    }

    /** Documents that some path holds now and that match, the best first. */
    static List<SearchHit> search(Connection connection, SearchQuery query, int limit) throws SQLException {
        List<SearchHit> hits = new ArrayList<>();
        try (var select = connection.prepareStatement("""
                SELECT rowid FROM search
                WHERE search MATCH ? AND EXISTS (SELECT 1 FROM sources WHERE document = search.rowid)
                ORDER BY rank LIMIT ?""")) {
            select.setString(1, query.expression());
            select.setInt(2, limit);
            ResultSet row = select.executeQuery();
            while (row.next()) {
                Document document = load(connection, row.getLong(1));
                List<Span> spans = query.find(Words.of(document), SearchHit.MAXIMUM_SPANS);
                hits.add(new SearchHit(document.id(), spans));
            }
        }
        return hits;
    }

    /** Whether the index was made with another way of cutting words than this program's. */
    static boolean isIndexStale(Connection connection) throws SQLException {
        try (var select = connection.prepareStatement("SELECT 1 FROM search_identity WHERE identity = ?")) {
            select.setString(1, Words.IDENTITY);
            return !select.executeQuery().next();
        }
    }

    /** Makes the index anew from the texts. */
    static void rebuildIndex(Connection connection) throws SQLException {
        Database.execute(connection, "INSERT INTO search (search) VALUES ('delete-all')");
        Database.execute(connection, "DELETE FROM search_identity");
        for (long number : numbers(connection, "SELECT number FROM documents")) {
            index(connection, number, indexed(load(connection, number)));
        }
        try (var insert = connection.prepareStatement("INSERT INTO search_identity VALUES (?)")) {
            insert.setString(1, Words.IDENTITY);
            insert.executeUpdate();
        }
    }

    /** A contentless index can only forget words that it is told again. */
    private static void forget(Connection connection, long number, String words) throws SQLException {
        try (var forget =
                connection.prepareStatement("INSERT INTO search (search, rowid, words) VALUES ('delete', ?, ?)")) {
            forget.setLong(1, number);
            forget.setString(2, words);
            forget.executeUpdate();
        }
    }

    private static void index(Connection connection, long number, String words) throws SQLException {
        try (var insert = connection.prepareStatement("INSERT INTO search (rowid, words) VALUES (?, ?)")) {
            insert.setLong(1, number);
            insert.setString(2, words);
            insert.executeUpdate();
        }
    }

    private static List<Long> numbers(Connection connection, String sql) throws SQLException {
        List<Long> numbers = new ArrayList<>();
        try (var select = connection.prepareStatement(sql)) {
            ResultSet row = select.executeQuery();
            while (row.next()) {
                numbers.add(row.getLong(1));
            }
        }
        return numbers;
    }

    /** Binds the number of a document by its identity, or nothing. */
    static void bindDocument(PreparedStatement statement, int index, DocumentId id) throws SQLException {
        if (id == null) {
            statement.setNull(index, Types.VARCHAR);
        } else {
            statement.setString(index, id.sha256());
        }
    }
}
