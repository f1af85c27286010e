package io.lectern.ingest.matter;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * Work inside one transaction of a matter. It must not keep the connection, nor begin or end transactions.
 *
 * @param <T> what it gives back
 */
@FunctionalInterface
public interface Query<T> {
    /** Does the work; whatever is thrown rolls the transaction back. */
    T run(Connection connection) throws SQLException;
}
