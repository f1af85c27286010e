package io.lectern.ingest.matter;

import java.util.List;

/**
 * One step in the growth of a set of tables. A set is a list that only ever grows at its end: step {@code i} of the list
 * leads to version {@code i + 1}, and a step that was once released never changes.
 *
 * @param description what it does, for a reader of the code
 * @param statements in order, run in one transaction together with the new version number
 */
public record Migration(String description, List<String> statements) {
    public Migration {
        statements = List.copyOf(statements);
    }

    public static Migration of(String description, String... statements) {
        return new Migration(description, List.of(statements));
    }
}
