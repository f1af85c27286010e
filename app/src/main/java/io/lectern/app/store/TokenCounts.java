package io.lectern.app.store;

import io.lectern.app.analysis.Coverage;
import io.lectern.engine.EngineInfo;
import io.lectern.ingest.document.DocumentId;
import io.lectern.ingest.matter.Matter;
import java.sql.ResultSet;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * How many tokens the prompt views of documents have, by tokenizer, so that a library can show them without encoding
 * everything again. A count goes with its document.
 */
public final class TokenCounts {
    private final Matter matter;

    TokenCounts(Matter matter) {
        this.matter = matter;
    }

    /**
     * The counts known for a tokenizer.
     *
     * @param tokenizer what tells tokenizers apart, such as the hash of the model file; nothing is known for an empty one
     */
    public Map<DocumentId, Integer> of(String tokenizer) {
        return matter.read(connection -> {
            Map<DocumentId, Integer> counts = new HashMap<>();
            try (var select =
                    connection.prepareStatement("SELECT document, tokens FROM token_counts WHERE tokenizer = ?")) {
                select.setString(1, tokenizer);
                ResultSet row = select.executeQuery();
                while (row.next()) {
                    counts.put(new DocumentId(row.getString(1)), row.getInt(2));
                }
            }
            return counts;
        });
    }

    /** Keeps what a reading has counted. */
    public void keep(EngineInfo engine, Coverage coverage) {
        put(
                engine.sha256(),
                coverage.documents().stream()
                        .filter(Coverage.Entry::read)
                        .collect(Collectors.toMap(
                                Coverage.Entry::documentId, Coverage.Entry::tokens, (first, again) -> first)));
    }

    /**
     * Keeps counts for a tokenizer; those of documents that are not in the matter any more are passed over, and so are all
     * where nothing tells the tokenizer from others.
     */
    public void put(String tokenizer, Map<DocumentId, Integer> counts) {
        if (tokenizer.isEmpty()) {
            return;
        }
        matter.write(connection -> {
            try (var insert = connection.prepareStatement("""
                    INSERT OR REPLACE INTO token_counts (document, tokenizer, tokens)
                    SELECT sha256, ?, ? FROM documents WHERE sha256 = ?""")) {
                for (var count : counts.entrySet()) {
                    insert.setString(1, tokenizer);
                    insert.setInt(2, count.getValue());
                    insert.setString(3, count.getKey().sha256());
                    insert.executeUpdate();
                }
            }
            return null;
        });
    }
}
