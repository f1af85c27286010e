package io.lectern.app.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.lectern.app.analysis.Answer;
import io.lectern.app.analysis.Coverage;
import io.lectern.ingest.document.DocumentId;
import io.lectern.ingest.matter.Matter;
import io.lectern.ingest.matter.MatterException;
import io.lectern.ingest.matter.MatterException.Reason;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Conversations and answers of a matter. An answer is kept as the JSON of its record; what stands in columns is only what
 * answers are found and deleted by. Nothing that was saved is lost by a crash or a power cut.
 */
public final class AnswerStore {
    /**
     * Components of records only, no {@code is…} methods. Escapes keep lone surrogates and NULs of a quotation, which SQLite's
     * text would not.
     */
    private static final ObjectMapper JSON = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(MapperFeature.AUTO_DETECT_IS_GETTERS)
            .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
            .build();

    private final Matter matter;

    AnswerStore(Matter matter) {
        this.matter = matter;
    }

    /** All conversations, the oldest first. A new matter has one. */
    public List<Conversation> conversations() {
        return matter.read(connection -> {
            List<Conversation> conversations = new ArrayList<>();
            try (var select =
                            connection.prepareStatement("SELECT id, name, started_at FROM conversations ORDER BY id");
                    ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    conversations.add(new Conversation(
                            row.getLong("id"), row.getString("name"), Instant.ofEpochMilli(row.getLong("started_at"))));
                }
            }
            return conversations;
        });
    }

    /** Begins another conversation. */
    public Conversation begin(String name) {
        Instant now = Instant.ofEpochMilli(System.currentTimeMillis());
        return matter.write(connection -> {
            try (var insert = connection.prepareStatement(
                    "INSERT INTO conversations (name, started_at) VALUES (?, ?) RETURNING id")) {
                insert.setString(1, name);
                insert.setLong(2, now.toEpochMilli());
                ResultSet row = insert.executeQuery();
                row.next();
                return new Conversation(row.getLong(1), name, now);
            }
        });
    }

    /** Deletes a conversation and its answers. */
    public void deleteConversation(long id) {
        matter.erase(connection -> {
            try (var delete = connection.prepareStatement("DELETE FROM conversations WHERE id = ?")) {
                delete.setLong(1, id);
                return delete.executeUpdate();
            }
        });
    }

    /**
     * Keeps an answer, whatever its outcome, at the end of its conversation; one that was saved before under the same id is
     * replaced and keeps its place. When this returns, the answer is on the disk.
     *
     * @param conversationId see {@link Conversation#id()}
     * @throws MatterException if a document that was read for it, or the conversation, has been deleted meanwhile: what was
     *     deleted must not come back as a quotation
     */
    public void save(long conversationId, Answer answer) {
        String json = json(answer);
        matter.write(connection -> {
            requireThere(connection, conversationId, answer);
            long number;
            try (var upsert = connection.prepareStatement("""
                    INSERT INTO answers (id, conversation, json) VALUES (?, ?, ?)
                    ON CONFLICT (id) DO UPDATE SET conversation = excluded.conversation, json = excluded.json
                    RETURNING number""")) {
                upsert.setString(1, answer.id());
                upsert.setLong(2, conversationId);
                upsert.setString(3, json);
                ResultSet row = upsert.executeQuery();
                row.next();
                number = row.getLong(1);
            }
            try (var delete = connection.prepareStatement("DELETE FROM answer_documents WHERE answer = ?")) {
                delete.setLong(1, number);
                delete.executeUpdate();
            }
            try (var insert = connection.prepareStatement("INSERT INTO answer_documents VALUES (?, ?)")) {
                for (DocumentId document : documents(answer)) {
                    insert.setLong(1, number);
                    insert.setString(2, document.sha256());
                    insert.executeUpdate();
                }
            }
            return null;
        });
    }

    /** The answers of a conversation, the oldest first. */
    public List<Answer> answers(long conversationId) {
        return matter.read(connection -> {
            try (var select =
                    connection.prepareStatement("SELECT json FROM answers WHERE conversation = ? ORDER BY number")) {
                select.setLong(1, conversationId);
                return answers(select);
            }
        });
    }

    /** All answers of the matter, the oldest first. */
    public List<Answer> answers() {
        return matter.read(connection -> {
            try (var select = connection.prepareStatement("SELECT json FROM answers ORDER BY number")) {
                return answers(select);
            }
        });
    }

    /** The answer with this id, if there is one. */
    public Optional<Answer> answer(String id) {
        return matter.read(connection -> {
            try (var select = connection.prepareStatement("SELECT json FROM answers WHERE id = ?")) {
                select.setString(1, id);
                return answers(select).stream().findFirst();
            }
        });
    }

    /** Deletes an answer, if there is one with this id. */
    public void delete(String id) {
        matter.erase(connection -> {
            try (var delete = connection.prepareStatement("DELETE FROM answers WHERE id = ?")) {
                delete.setString(1, id);
                return delete.executeUpdate();
            }
        });
    }

    /**
     * The answers that go when these documents are removed from the matter: those for which the model read one of them, or
     * that cite one. For asking before it is done.
     */
    public List<Answer> restingOn(Collection<DocumentId> documents) {
        Set<DocumentId> wanted = Set.copyOf(documents);
        return answers().stream()
                .filter(answer -> documents(answer).stream().anyMatch(wanted::contains))
                .toList();
    }

    private static Set<DocumentId> documents(Answer answer) {
        Stream<DocumentId> read = answer.coverage().documents().stream()
                .filter(Coverage.Entry::read)
                .map(Coverage.Entry::documentId);
        Stream<DocumentId> cited = answer.citations().stream()
                .filter(citation -> citation.isShown())
                .map(citation -> citation.passage().documentId());
        return Stream.concat(read, cited).collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private static void requireThere(Connection connection, long conversationId, Answer answer) throws SQLException {
        try (var select = connection.prepareStatement("SELECT 1 FROM conversations WHERE id = ?")) {
            select.setLong(1, conversationId);
            if (!select.executeQuery().next()) {
                throw new MatterException(Reason.NOT_FOUND, "the conversation has been deleted: ask in another one");
            }
        }
        try (var select = connection.prepareStatement("SELECT 1 FROM documents WHERE sha256 = ?")) {
            for (DocumentId document : documents(answer)) {
                select.setString(1, document.sha256());
                if (!select.executeQuery().next()) {
                    throw new MatterException(
                            Reason.NOT_FOUND,
                            "document " + document.abbreviated()
                                    + " was removed while the question was being answered: ask it again");
                }
            }
        }
    }

    private static List<Answer> answers(PreparedStatement select) throws SQLException {
        List<Answer> answers = new ArrayList<>();
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                answers.add(JSON.readValue(row.getString(1), Answer.class));
            }
        } catch (JsonProcessingException e) {
            // Not as the cause: its message would quote the answer.
            throw new MatterException(Reason.DAMAGED, "an answer of this matter cannot be read any more");
        }
        return answers;
    }

    private static String json(Answer answer) {
        try {
            return JSON.writeValueAsString(answer);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("an answer can be written as JSON", e);
        }
    }
}
