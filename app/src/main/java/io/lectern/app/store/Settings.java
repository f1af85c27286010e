package io.lectern.app.store;

import io.lectern.ingest.matter.Matter;
import java.sql.ResultSet;
import java.util.Optional;

/** What is set for one matter, as strings: which documents are chosen, which tabs are open. */
public final class Settings {
    private final Matter matter;

    Settings(Matter matter) {
        this.matter = matter;
    }

    public Optional<String> get(String key) {
        return matter.read(connection -> {
            try (var select = connection.prepareStatement("SELECT value FROM settings WHERE key = ?")) {
                select.setString(1, key);
                ResultSet row = select.executeQuery();
                return row.next() ? Optional.of(row.getString(1)) : Optional.empty();
            }
        });
    }

    public void put(String key, String value) {
        matter.write(connection -> {
            try (var insert = connection.prepareStatement("INSERT OR REPLACE INTO settings VALUES (?, ?)")) {
                insert.setString(1, key);
                insert.setString(2, value);
                return insert.executeUpdate();
            }
        });
    }

    /** Forgets a setting, if there is one with this key. */
    public void remove(String key) {
        matter.write(connection -> {
            try (var delete = connection.prepareStatement("DELETE FROM settings WHERE key = ?")) {
                delete.setString(1, key);
                return delete.executeUpdate();
            }
        });
    }
}
