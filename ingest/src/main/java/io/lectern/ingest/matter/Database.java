package io.lectern.ingest.matter;

import io.lectern.ingest.matter.MatterException.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.locks.ReentrantLock;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * The SQLite file beneath a matter: connections, transactions, migrations, and the translation of what SQLite reports
 * into what a person can act on. One connection writes, under a lock; readers get connections of their own and see the
 * last committed state (write-ahead log), in this process and in others.
 */
final class Database implements AutoCloseable {

    /** What a commit survives. */
    enum Durability {
        /** Everything, a power cut included: the commit waits for the disk. */
        FULL,
        /** The end of the process at any moment. A power cut may take back the last commits, never half of one. */
        PROCESS
    }

    /** "LCTN": written into the file's header, so that other SQLite files are not taken for matters. */
    private static final int APPLICATION_ID = 0x4c43544e;

    private static final byte[] SQLITE_HEADER = "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII);
    /** How long to wait for another process that writes, in milliseconds. */
    private static final int BUSY_TIMEOUT = 15_000;

    private final Path file;
    private final Connection writer;
    private final ReentrantLock writing = new ReentrantLock();
    private final ConcurrentLinkedDeque<Connection> idleReaders = new ConcurrentLinkedDeque<>();
    private volatile boolean closed;
    private Durability durability = Durability.FULL;

    private Database(Path file, Connection writer) {
        this.file = file;
        this.writer = writer;
    }

    /** Opens the file, or creates it where there is none or an empty one, and checks it. */
    static Database open(Path path) {
        Path file = path.toAbsolutePath().normalize();
        boolean isNew = requireUsable(file);
        try {
            Connection connection = connect(file, false);
            try {
                prepare(connection, file, isNew);
            } catch (SQLException | RuntimeException e) {
                connection.close();
                throw e;
            }
            return new Database(file, connection);
        } catch (SQLException e) {
            throw translated(e, file);
        }
    }

    Path file() {
        return file;
    }

    /** Runs a query that changes nothing, on the last committed state. */
    <T> T read(Query<T> query) {
        requireOpen();
        try {
            Connection idle = idleReaders.poll();
            Connection reader = idle != null ? idle : connect(file, true);
            try {
                return inTransaction(reader, "BEGIN", query);
            } finally {
                idleReaders.push(reader);
                if (closed) {
                    closeReaders();
                }
            }
        } catch (SQLException e) {
            throw translated(e, file);
        }
    }

    /** Runs a query that may change anything. All of it is kept, or nothing. */
    <T> T write(Durability wanted, Query<T> query) {
        if (writing.isHeldByCurrentThread()) {
            throw new IllegalStateException("a write within a write: pass the connection on instead");
        }
        writing.lock();
        try {
            requireOpen();
            if (durability != wanted) {
                execute(writer, "PRAGMA synchronous = " + (wanted == Durability.FULL ? "FULL" : "NORMAL"));
                durability = wanted;
            }
            return inTransaction(writer, "BEGIN IMMEDIATE", query);
        } catch (SQLException e) {
            throw translated(e, file);
        } finally {
            writing.unlock();
        }
    }

    /** Brings a set of tables to its last version. Processes that do so at the same time wait for one another. */
    void migrate(String set, List<Migration> migrations) {
        if (version(set) == migrations.size()) {
            return;
        }
        write(Durability.FULL, connection -> {
            int version = version(connection, set);
            if (version > migrations.size()) {
                throw new MatterException(
                        Reason.NEWER_VERSION,
                        file + " was written by a newer Lectern: open it with that one, or update this one");
            }
            for (Migration migration : migrations.subList(version, migrations.size())) {
                for (String statement : migration.statements()) {
                    execute(connection, statement);
                }
            }
            try (var insert = connection.prepareStatement("INSERT OR REPLACE INTO schema_versions VALUES (?, ?)")) {
                insert.setString(1, set);
                insert.setInt(2, migrations.size());
                return insert.executeUpdate();
            }
        });
    }

    /** Gives freed pages back to the file system and empties the write-ahead log, so that nothing deleted stays in it. */
    void shrink() {
        writing.lock();
        try {
            requireOpen();
            execute(writer, "PRAGMA incremental_vacuum");
            execute(writer, "PRAGMA wal_checkpoint(TRUNCATE)");
        } catch (SQLException e) {
            throw translated(e, file);
        } finally {
            writing.unlock();
        }
    }

    @Override
    public void close() {
        writing.lock();
        try {
            if (!closed) {
                closed = true;
                closeReaders();
                // The last connection of all processes folds the write-ahead log into the file and removes it.
                writer.close();
            }
        } catch (SQLException e) {
            throw translated(e, file);
        } finally {
            writing.unlock();
        }
    }

    static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static <T> T inTransaction(Connection connection, String begin, Query<T> query) throws SQLException {
        execute(connection, begin);
        boolean committed = false;
        try {
            T result = query.run(connection);
            execute(connection, "COMMIT");
            committed = true;
            return result;
        } finally {
            if (!committed) {
                rollBack(connection);
            }
        }
    }

    private static void rollBack(Connection connection) throws SQLException {
        try {
            execute(connection, "ROLLBACK");
        } catch (SQLiteException e) {
            // After a full disk or an I/O error SQLite has rolled back by itself and knows no transaction any more.
            if (e.getResultCode() != SQLiteErrorCode.SQLITE_ERROR) {
                throw e;
            }
        }
    }

    private int version(String set) {
        return read(connection -> version(connection, set));
    }

    private static int version(Connection connection, String set) throws SQLException {
        try (var select = connection.prepareStatement("SELECT version FROM schema_versions WHERE name = ?")) {
            select.setString(1, set);
            ResultSet row = select.executeQuery();
            return row.next() ? row.getInt(1) : 0;
        }
    }

    private static Connection connect(Path file, boolean queryOnly) throws SQLException {
        Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        execute(connection, "PRAGMA busy_timeout = " + BUSY_TIMEOUT);
        execute(connection, "PRAGMA foreign_keys = ON");
        execute(connection, "PRAGMA secure_delete = ON");
        // Temporary tables and sorters would leave document text in files outside the matter.
        execute(connection, "PRAGMA temp_store = MEMORY");
        execute(connection, "PRAGMA query_only = " + (queryOnly ? "ON" : "OFF"));
        return connection;
    }

    private static void prepare(Connection connection, Path file, boolean isNew) throws SQLException {
        if (isNew) {
            execute(connection, "PRAGMA auto_vacuum = INCREMENTAL");
        }
        int applicationId = number(connection, "PRAGMA application_id");
        boolean isEmpty = number(connection, "SELECT count(*) FROM sqlite_schema") == 0;
        if (applicationId != APPLICATION_ID && !(isEmpty && applicationId == 0)) {
            throw notAMatter(file, null);
        }
        try (Statement statement = connection.createStatement();
                ResultSet mode = statement.executeQuery("PRAGMA journal_mode = WAL")) {
            if (!mode.next() || !mode.getString(1).equals("wal")) {
                throw new MatterException(
                        Reason.READ_ONLY,
                        "the file system of " + file + " does not support matters: keep them on a local disk");
            }
        }
        execute(connection, "PRAGMA synchronous = FULL");
        try (Statement statement = connection.createStatement();
                ResultSet check = statement.executeQuery("PRAGMA quick_check(1)")) {
            if (!check.next() || !check.getString(1).equals("ok")) {
                throw damaged(file, null);
            }
        }
        inTransaction(connection, "BEGIN IMMEDIATE", c -> {
            execute(c, "PRAGMA application_id = " + APPLICATION_ID);
            execute(c, "CREATE TABLE IF NOT EXISTS schema_versions (name TEXT PRIMARY KEY, version INTEGER NOT NULL)");
            return null;
        });
    }

    private static int number(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getInt(1);
        }
    }

    /** Whether the file has to be made; refuses what cannot become or be a matter. */
    private static boolean requireUsable(Path file) {
        Path folder = file.getParent();
        if (folder == null || Files.isDirectory(file)) {
            throw notAMatter(file, null);
        }
        if (!Files.isDirectory(folder)) {
            throw new MatterException(Reason.NOT_FOUND, "there is no folder " + folder + " to keep a matter in");
        }
        try {
            boolean isNew = Files.notExists(file) || Files.size(file) == 0;
            if (!isNew) {
                try (var in = Files.newInputStream(file)) {
                    if (!Arrays.equals(in.readNBytes(SQLITE_HEADER.length), SQLITE_HEADER)) {
                        throw notAMatter(file, null);
                    }
                }
            }
            if (!Files.isWritable(folder) || (!isNew && !Files.isWritable(file))) {
                throw readOnly(file, null);
            }
            return isNew;
        } catch (IOException e) {
            throw new MatterException(
                    Reason.FAILED,
                    e instanceof AccessDeniedException
                            ? "you may not open " + file + " (permission denied)"
                            : file + " cannot be read: " + e.getMessage(),
                    e);
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the matter " + file + " is closed");
        }
    }

    private void closeReaders() throws SQLException {
        for (Connection reader = idleReaders.poll(); reader != null; reader = idleReaders.poll()) {
            reader.close();
        }
    }

    private static MatterException translated(SQLException e, Path file) {
        int primary =
                e instanceof SQLiteException sqlite ? sqlite.getResultCode().code & 0xff : e.getErrorCode() & 0xff;
        if (primary == SQLiteErrorCode.SQLITE_BUSY.code || primary == SQLiteErrorCode.SQLITE_LOCKED.code) {
            return new MatterException(
                    Reason.BUSY,
                    "another program is writing to " + file + ": wait until it has finished, then try again",
                    e);
        }
        if (primary == SQLiteErrorCode.SQLITE_NOTADB.code) {
            return notAMatter(file, e);
        }
        if (primary == SQLiteErrorCode.SQLITE_CORRUPT.code) {
            return damaged(file, e);
        }
        if (primary == SQLiteErrorCode.SQLITE_READONLY.code
                || primary == SQLiteErrorCode.SQLITE_CANTOPEN.code
                || primary == SQLiteErrorCode.SQLITE_PERM.code) {
            return readOnly(file, e);
        }
        if (primary == SQLiteErrorCode.SQLITE_FULL.code) {
            return new MatterException(
                    Reason.NO_SPACE, "no space is left on the disk of " + file + ": free some, then try again", e);
        }
        return new MatterException(Reason.FAILED, "the matter " + file + " reports: " + e.getMessage(), e);
    }

    private static MatterException notAMatter(Path file, Throwable cause) {
        return new MatterException(Reason.NOT_A_MATTER, file + " is not a matter: choose another file", cause);
    }

    private static MatterException damaged(Path file, Throwable cause) {
        return new MatterException(
                Reason.DAMAGED,
                file + " is damaged: restore it from a backup, or ingest the documents into a new matter",
                cause);
    }

    private static MatterException readOnly(Path file, Throwable cause) {
        return new MatterException(
                Reason.READ_ONLY,
                file + " or its folder cannot be written: copy the matter to a folder of your own",
                cause);
    }
}
