package io.lectern.engine.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.hubspot.jinjava.Jinjava;
import com.hubspot.jinjava.JinjavaConfig;
import com.hubspot.jinjava.LegacyOverrides;
import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.interpret.RenderResult;
import com.hubspot.jinjava.interpret.TemplateError;
import com.hubspot.jinjava.lib.filter.Filter;
import com.hubspot.jinjava.lib.fn.ELFunctionDefinition;
import com.hubspot.jinjava.loader.ResourceNotFoundException;
import com.hubspot.jinjava.objects.date.StrftimeFormatter;
import io.lectern.engine.EngineException;
import io.lectern.engine.Message;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The Jinja template that a model's makers wrote to turn messages into its prompt, rendered as Hugging Face does: blocks
 * trimmed, {@code raise_exception}, {@code strftime_now} and {@code tojson} at hand. The template comes with the model
 * file and is not trusted: it reaches no file, no network and no Java object, and its output and loops are bounded. Some
 * templates, such as MiniMax-M1's, want a message's content as a list of parts rather than a text; which of the two is tried
 * out once.
 */
public final class ChatTemplate {
    private static final long MOST_OUTPUT = 16L << 20;
    private static final int MOST_ITERATIONS = 100_000;
    private static final Pattern TAG = Pattern.compile("\\{([{%])(.*?)[%}]\\}", Pattern.DOTALL);
    private static final Pattern STRING =
            Pattern.compile("'(?:[^'\\\\]|\\\\.)*'|\"(?:[^\"\\\\]|\\\\.)*\"", Pattern.DOTALL);
    private static final Pattern FILTERED_LOOP =
            Pattern.compile("^-?\\s*for\\s(?!.*\\selse\\s).*\\sif\\s.*", Pattern.DOTALL);
    private static final Pattern FILTER = Pattern.compile("\\|\\s*(\\w+)");

    /** Methods of Python's strings that Java's have under other names. */
    private static final Map<String, String> STRING_METHODS = Map.of(
            ".startswith(", ".startsWith(",
            ".endswith(", ".endsWith(",
            ".lstrip()", ".stripLeading()",
            ".rstrip()", ".stripTrailing()",
            ".upper()", ".toUpperCase()",
            ".lower()", ".toLowerCase()");

    private static final Pattern LINE_END_AFTER_BLOCK = Pattern.compile("([%#]\\})\\r?\\n");
    private static final Pattern BLANKS_BEFORE_BLOCK = Pattern.compile("^[ \\t]+(?=\\{[%#])", Pattern.MULTILINE);
    private static final String NOW = "__lectern_now";
    private static final String PROBE = "lectern-probe-of-a-text";

    private static final ObjectWriter PYTHON_JSON = new ObjectMapper()
            .writer(new DefaultPrettyPrinter(Separators.createDefaultInstance()
                            .withRootSeparator("")
                            .withObjectFieldValueSpacing(Separators.Spacing.AFTER)
                            .withObjectEntrySpacing(Separators.Spacing.AFTER)
                            .withArrayValueSpacing(Separators.Spacing.AFTER)
                            .withObjectEmptySeparator("")
                            .withArrayEmptySeparator(""))
                    .withObjectIndenter(new DefaultPrettyPrinter.NopIndenter())
                    .withArrayIndenter(new DefaultPrettyPrinter.NopIndenter()));

    private final String text;
    private final String source;
    private final String beginningOfText;
    private final String endOfText;
    private final Jinjava jinjava;
    private final boolean wantsParts;

    /**
     * @param source the template
     * @param beginningOfText name of the token before any text, for the template's {@code bos_token}; may be empty
     * @param endOfText name of the token that ends a text, for {@code eos_token}; may be empty
     * @throws EngineException with MODEL_UNUSABLE if the template uses what would be rendered wrongly here
     */
    public ChatTemplate(String source, String beginningOfText, String endOfText) {
        this.text = source;
        this.source = withJavaMethods(trimmed(source));
        this.beginningOfText = beginningOfText;
        this.endOfText = endOfText;
        this.jinjava = new Jinjava(JinjavaConfig.newBuilder()
                .withNestedInterpretationEnabled(false)
                .withMaxOutputSize(MOST_OUTPUT)
                .withMaxStringLength(MOST_OUTPUT)
                .withMaxListSize(MOST_ITERATIONS)
                .withMaxMapSize(MOST_ITERATIONS)
                .withRangeLimit(MOST_ITERATIONS)
                .withMaxRenderDepth(20)
                .withMaxMacroRecursionDepth(20)
                .withDisabled(Map.of(
                        com.hubspot.jinjava.interpret.Context.Library.TAG,
                        Set.of("include", "import", "from", "extends", "block", "do")))
                .withLegacyOverrides(LegacyOverrides.Builder.from(LegacyOverrides.ALL)
                        .withWhitespaceRequiredWithinTokens(false)
                        .build())
                .build());
        jinjava.setResourceLocator((name, encoding, interpreter) -> {
            throw new ResourceNotFoundException("a chat template cannot read " + name);
        });
        var global = jinjava.getGlobalContext();
        global.registerFunction(function("raise_exception", "raiseException", String.class));
        global.registerFunction(function("strftime_now", "formatNow", String.class));
        global.registerFilter(new ToJson());
        refuseWhatWouldBePassedOver();
        this.wantsParts = !shows(PROBE, PROBE) && shows(List.of(Map.of("type", "text", "text", PROBE)), PROBE);
    }

    /** Whether a rendered message with this content shows this text. */
    private boolean shows(Object content, String text) {
        Map<String, Object> message = Map.of("role", "user", "content", content);
        RenderResult result =
                jinjava.renderForResult(source, bindings(List.of(message), true, Map.of(), ZonedDateTime.now()));
        return result.getErrors().isEmpty() && result.getOutput().contains(text);
    }

    /**
     * The template of a checkpoint.
     *
     * @throws EngineException with MODEL_UNUSABLE if it has none: a model that was never taught turns cannot hold a
     *     conversation, and a guessed template would make it answer badly without anybody seeing why
     */
    public static ChatTemplate of(Checkpoint checkpoint, ModelTokenizer tokenizer) {
        String source = checkpoint
                .chatTemplate()
                .orElseThrow(() -> Unusable.file(
                        checkpoint.path(),
                        "has no chat template: it is not made for questions and answers; choose an"
                                + " \"instruct\" or \"chat\" version of the model"));
        return new ChatTemplate(source, tokenizer.beginningOfText(), tokenizer.endOfText());
    }

    /** The template as its makers wrote it. */
    public String text() {
        return text;
    }

    /** Renders a conversation as the template does where nothing more is asked for. */
    public String render(List<Message> messages, boolean openReply, ZonedDateTime now) {
        return render(messages, openReply, Map.of(), now);
    }

    /**
     * Renders a conversation.
     *
     * @param openReply whether to add the beginning of the model's next turn
     * @param switches what the template may look at besides, by name
     * @param now what the template may write as today
     * @throws EngineException with FAILED if the template refuses the conversation or cannot be rendered
     */
    public String render(List<Message> messages, boolean openReply, Map<String, Object> switches, ZonedDateTime now) {
        List<Map<String, Object>> turns = new ArrayList<>();
        for (Message message : messages) {
            Map<String, Object> turn = new LinkedHashMap<>();
            turn.put("role", message.role().wireName());
            turn.put(
                    "content",
                    wantsParts ? List.of(Map.of("type", "text", "text", message.content())) : message.content());
            turns.add(turn);
        }
        RenderResult result = jinjava.renderForResult(source, bindings(turns, openReply, switches, now));
        // What Jinjava only warns of, such as an unknown filter, would be a wrong prompt.
        for (TemplateError error : result.getErrors()) {
            throw new EngineException(
                    EngineException.Reason.FAILED,
                    "the model's chat template refuses this conversation: " + reasonOf(error));
        }
        return result.getOutput();
    }

    private Map<String, Object> bindings(
            List<Map<String, Object>> turns, boolean openReply, Map<String, Object> switches, ZonedDateTime now) {
        Map<String, Object> bindings = new HashMap<>(switches);
        bindings.put("messages", turns);
        bindings.put("add_generation_prompt", openReply);
        bindings.put("bos_token", beginningOfText);
        bindings.put("eos_token", endOfText);
        bindings.put(NOW, now);
        return bindings;
    }

    /**
     * What Jinja does with {@code trim_blocks} and {@code lstrip_blocks}: a block or comment takes with it the line end
     * behind it, and the blanks before it if nothing else stands before it in its line; and a template loses one line end
     * at its end. Jinjava's own options also take blanks that do not begin a line.
     */
    private static String trimmed(String source) {
        String lines = source.endsWith("\n") ? source.substring(0, source.length() - 1) : source;
        return BLANKS_BEFORE_BLOCK
                .matcher(LINE_END_AFTER_BLOCK.matcher(lines).replaceAll("$1"))
                .replaceAll("");
    }

    /** Jinjava ignores loop conditions and unknown filters without a word: the prompt would be wrong. */
    private void refuseWhatWouldBePassedOver() {
        Matcher tags = TAG.matcher(source);
        while (tags.find()) {
            String code = STRING.matcher(tags.group(2)).replaceAll("''");
            if (tags.group(1).equals("%") && FILTERED_LOOP.matcher(code).matches()) {
                throw unsupported("a loop with a condition (for … if …)");
            }
            Matcher filters = FILTER.matcher(code);
            while (filters.find()) {
                if (jinjava.getGlobalContext().getFilter(filters.group(1)) == null) {
                    throw unsupported("the filter \"" + filters.group(1) + "\"");
                }
            }
        }
    }

    private static EngineException unsupported(String what) {
        return new EngineException(
                EngineException.Reason.MODEL_UNUSABLE,
                "the model's chat template uses " + what + ", which is not supported");
    }

    private static String withJavaMethods(String source) {
        String result = source;
        for (Map.Entry<String, String> method : STRING_METHODS.entrySet()) {
            result = result.replace(method.getKey(), method.getValue());
        }
        return result;
    }

    private static String reasonOf(TemplateError error) {
        for (Throwable cause = error.getException(); cause != null; cause = cause.getCause()) {
            if (cause instanceof Refusal) {
                return cause.getMessage();
            }
        }
        return error.getMessage();
    }

    private static ELFunctionDefinition function(String name, String method, Class<?>... parameters) {
        return new ELFunctionDefinition("", name, Functions.class, method, parameters);
    }

    /** What a template says with {@code raise_exception}. */
    private static final class Refusal extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Refusal(String message) {
            super(message);
        }
    }

    /** The functions that templates call; public because Jinjava calls them by reflection. */
    public static final class Functions {
        private Functions() {}

        /** Refuses the conversation. */
        public static String raiseException(String message) {
            throw new Refusal(message);
        }

        /** Today, in a format of Python's strftime. */
        public static String formatNow(String format) {
            Object now = JinjavaInterpreter.getCurrent().getContext().get(NOW);
            return StrftimeFormatter.format((ZonedDateTime) now, format);
        }
    }

    /** Writes a value as Python's {@code json.dumps} does. */
    private static final class ToJson implements Filter {
        @Override
        public String getName() {
            return "tojson";
        }

        @Override
        public Object filter(Object value, JinjavaInterpreter interpreter, String... arguments) {
            try {
                return PYTHON_JSON.writeValueAsString(value);
            } catch (JsonProcessingException e) {
                throw new Refusal("a value cannot be written as JSON");
            }
        }
    }
}
