package io.lectern.engine.snapshot;

import io.lectern.engine.Message;
import io.lectern.engine.decoder.StateLayout;
import java.util.List;
import java.util.Map;

/**
 * What a checkpoint says of itself, beside the states of fixed size that follow it in its file.
 *
 * @param format of the files
 * @param identity parts of the {@link ModelIdentity}
 * @param chain hash of all the context's tokens, in hexadecimal
 * @param layout how what was read lay in memory
 * @param segments where what is remembered of each token is, in the order of the tokens
 * @param talk what of the context is not in the decoder's memory
 */
public record Manifest(
        int format, Map<String, String> identity, String chain, StateLayout layout, List<Segment> segments, Talk talk) {
    static final int FORMAT = 1;

    public Manifest {
        segments = List.copyOf(segments);
    }

    /**
     * A file that holds what is remembered of a range of tokens.
     *
     * @param name of the file
     * @param from first token
     * @param to token after the last
     */
    public record Segment(String name, int from, int to) {}

    /**
     * What of a context is not in the decoder's memory.
     *
     * @param startedAt when the conversation began, as an ISO 8601 text with its zone
     * @param roles of its messages
     * @param headers what the template put before the text of each message
     * @param unread tokens that belong to the context but were not read yet
     * @param checkpoints lengths in tokens at which this reading was saved before, this one included
     * @param proof what the decoder makes of a further token here
     */
    public record Talk(
            String startedAt,
            List<Message.Role> roles,
            List<String> headers,
            int[] unread,
            List<Integer> checkpoints,
            float[] proof) {
        public Talk {
            roles = List.copyOf(roles);
            headers = List.copyOf(headers);
            checkpoints = List.copyOf(checkpoints);
        }
    }

    /** Tokens of the context. */
    public int tokens() {
        return layout.tokens() + talk.unread().length;
    }
}
