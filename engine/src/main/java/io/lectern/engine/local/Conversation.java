package io.lectern.engine.local;

import io.lectern.engine.EngineException;
import io.lectern.engine.Message;
import io.lectern.engine.generate.ThinkingMarkers;
import io.lectern.engine.model.ChatTemplate;
import io.lectern.engine.model.ModelTokenizer;
import io.lectern.engine.snapshot.Manifest.Talk;
import java.security.SecureRandom;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Turns messages, as they come, into the tokens that the model's chat template makes of them. The template is rendered
 * with unguessable marks in the place of the messages' texts and cut at the marks: what lies between is the template's own
 * and may hold control tokens; the texts are encoded apart and cannot. Immutable, so that a fork or a step that was called
 * off costs nothing.
 *
 * <p>What was read cannot be read again differently, so the template must not change what stands before a text when more
 * follows; that is checked at every step.
 */
final class Conversation {
    /**
     * A step further.
     *
     * @param after the conversation then
     * @param tokens what has to be read for it
     */
    record Step(Conversation after, int[] tokens) {}

    /**
     * The model gets the word.
     *
     * @param after the conversation with its reply
     * @param tokens what has to be read before it writes
     * @param thinking what they say of its thinking
     */
    record Reply(Conversation after, int[] tokens, ThinkingMarkers.Opening thinking) {}

    private final ChatTemplate template;
    private final ModelTokenizer tokenizer;
    private final ThinkingMarkers markers;
    private final ZonedDateTime startedAt;
    private final String mark;
    private final List<Message.Role> roles;
    /** What the template puts before the text of each message. */
    private final List<String> headers;

    private Conversation(
            ChatTemplate template,
            ModelTokenizer tokenizer,
            ThinkingMarkers markers,
            ZonedDateTime startedAt,
            String mark,
            List<Message.Role> roles,
            List<String> headers) {
        this.template = template;
        this.tokenizer = tokenizer;
        this.markers = markers;
        this.startedAt = startedAt;
        this.mark = mark;
        this.roles = List.copyOf(roles);
        this.headers = List.copyOf(headers);
    }

    /** One in which nothing has been said; today's date, if the template writes it, stays that of now. */
    static Conversation begin(ChatTemplate template, ModelTokenizer tokenizer, ThinkingMarkers markers) {
        return new Conversation(template, tokenizer, markers, ZonedDateTime.now(), newMark(), List.of(), List.of());
    }

    private static String newMark() {
        byte[] random = new byte[16];
        new SecureRandom().nextBytes(random);
        return "mark" + HexFormat.of().formatHex(random) + "n";
    }

    /** One of which this was kept; the template, the tokenizer and the markers must be the same. */
    static Conversation resume(ChatTemplate template, ModelTokenizer tokenizer, ThinkingMarkers markers, Talk talk) {
        return new Conversation(
                template,
                tokenizer,
                markers,
                ZonedDateTime.parse(talk.startedAt()),
                newMark(),
                talk.roles(),
                talk.headers());
    }

    /** What must be kept to {@link #resume}, with what else is to be kept of the context. */
    Talk talk(int[] unread, List<Integer> checkpoints, float[] proof) {
        return new Talk(startedAt.toString(), roles, headers, unread, checkpoints, proof);
    }

    /** A message is said, or goes on if the one before has the same role. */
    Step append(Message message) {
        int[] text = tokenizer.encode(message.content());
        if (!roles.isEmpty() && roles.getLast() == message.role()) {
            return new Step(this, text);
        }
        List<Message.Role> then = plus(roles, message.role());
        List<String> pieces = render(then, false, Map.of());
        Step entered = enter(then, pieces.subList(0, then.size()));
        return new Step(entered.after(), concatenate(entered.tokens(), text));
    }

    /**
     * The model gets the word: what it writes is the text of a message of its own.
     *
     * @param thinks whether it is to think first; a template that has a switch for that is told
     */
    Reply openReply(boolean thinks) {
        if (roles.isEmpty()) {
            throw new EngineException(
                    EngineException.Reason.FAILED, "there is nothing to reply to: the context has read nothing yet");
        }
        List<String> pieces = render(roles, true, ThinkingMarkers.switches(thinks));
        if (firstChanged(pieces) >= 0) {
            // The switch also changes what was read before it was known, such as the system's message.
            pieces = render(roles, true, Map.of());
        }
        Step step = enter(plus(roles, Message.Role.ASSISTANT), pieces);
        if (step.tokens().length == 0) {
            throw new EngineException(
                    EngineException.Reason.FAILED, "the model's chat template puts nothing before a reply");
        }
        return new Reply(step.after(), step.tokens(), markers.opening(pieces.getLast()));
    }

    private Step enter(List<Message.Role> then, List<String> headersThen) {
        int changed = firstChanged(headersThen);
        if (changed >= 0) {
            throw new EngineException(
                    EngineException.Reason.FAILED,
                    "the model's chat template changes message " + (changed + 1)
                            + " when more follows, so this context cannot go on; start a new one with all messages");
        }
        int[] tokens = tokenizer.encodeTemplate(headersThen.getLast());
        var beginning = tokenizer.requiredBeginning();
        if (roles.isEmpty() && beginning.isPresent() && (tokens.length == 0 || tokens[0] != beginning.getAsInt())) {
            tokens = concatenate(new int[] {beginning.getAsInt()}, tokens);
        }
        return new Step(new Conversation(template, tokenizer, markers, startedAt, mark, then, headersThen), tokens);
    }

    /**
     * The first message before which something else stands now than was read, or -1. What a template says of the thinking
     * of replies does not count: it leaves out of earlier ones what the model wrote, which stays in the context as it is.
     */
    private int firstChanged(List<String> headersNow) {
        for (int i = 0; i < headers.size(); i++) {
            String before = headers.get(i);
            String now = headersNow.get(i);
            boolean same = roles.get(i) == Message.Role.ASSISTANT
                    ? markers.withoutThinking(before).equals(markers.withoutThinking(now))
                    : before.equals(now);
            if (!same) {
                return i;
            }
        }
        return -1;
    }

    /** The pieces before, between and after the texts of messages of these roles. */
    private List<String> render(List<Message.Role> speakers, boolean openReply, Map<String, Object> switches) {
        List<Message> marked = new ArrayList<>();
        for (int i = 0; i < speakers.size(); i++) {
            marked.add(new Message(speakers.get(i), mark + i + "n"));
        }
        String rendered = template.render(marked, openReply, switches, startedAt);
        List<String> pieces = new ArrayList<>();
        int from = 0;
        for (Message message : marked) {
            int at = rendered.indexOf(message.content(), from);
            if (at < 0) {
                throw new EngineException(
                        EngineException.Reason.FAILED,
                        "the model's chat template leaves out message " + (pieces.size() + 1)
                                + " or changes the order of messages");
            }
            pieces.add(rendered.substring(from, at));
            from = at + message.content().length();
        }
        pieces.add(rendered.substring(from));
        if (pieces.stream().anyMatch(piece -> piece.contains(mark))) {
            throw new EngineException(
                    EngineException.Reason.FAILED, "the model's chat template writes a message more than once");
        }
        return pieces;
    }

    private static List<Message.Role> plus(List<Message.Role> roles, Message.Role role) {
        List<Message.Role> all = new ArrayList<>(roles);
        all.add(role);
        return all;
    }

    static int[] concatenate(int[] first, int[] second) {
        return IntStream.concat(IntStream.of(first), IntStream.of(second)).toArray();
    }
}
