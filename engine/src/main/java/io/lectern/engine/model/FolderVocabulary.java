package io.lectern.engine.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lectern.engine.model.Vocabulary.Kind;
import io.lectern.engine.model.Vocabulary.Token;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;

/**
 * Reads the vocabulary and the chat template of a model folder: {@code tokenizer.json}, and of {@code
 * tokenizer_config.json}, {@code generation_config.json} and {@code config.json} the names and numbers of the tokens that
 * begin and end a text; the template from {@code chat_template.jinja} or {@code tokenizer_config.json}.
 */
final class FolderVocabulary {
    static final String TOKENIZER = "tokenizer.json";
    static final String TOKENIZER_CONFIG = "tokenizer_config.json";
    static final String GENERATION_CONFIG = "generation_config.json";
    static final String CHAT_TEMPLATE = "chat_template.jinja";

    private static final String ENDS = "eos_token_id";

    /** More tokens than any vocabulary has. */
    private static final int MOST_TOKENS = 1 << 24;

    private FolderVocabulary() {}

    /**
     * Reads the vocabulary of a folder.
     *
     * @param file the {@code tokenizer.json}, beside which the other files are looked for
     * @param config the object of the folder's {@code config.json}
     * @throws io.lectern.engine.EngineException with MODEL_UNUSABLE if it is of a kind that is not known
     */
    static Vocabulary read(Path file, JsonNode config) {
        JsonNode names = readIfThere(file.resolveSibling(TOKENIZER_CONFIG));
        JsonNode generation = readIfThere(file.resolveSibling(GENERATION_CONFIG));
        ObjectNode tokenizer = (ObjectNode) ModelJson.read(file);
        refuseUnsupported(file, tokenizer);
        List<Token> tokens = readTokens(file, tokenizer);
        Map<String, Integer> controls = new HashMap<>();
        for (int number = 0; number < tokens.size(); number++) {
            if (tokens.get(number).kind() == Kind.CONTROL) {
                controls.put(tokens.get(number).name(), number);
            }
        }
        OptionalInt end = find(controls, names.path("eos_token"));
        Set<Integer> all = new LinkedHashSet<>();
        end.ifPresent(all::add);
        controls.forEach((name, number) -> {
            if (Vocabulary.ENDS_BY_NAME.contains(name)) {
                all.add(number);
            }
        });
        for (JsonNode numbers : List.of(generation.path(ENDS), config.path(ENDS))) {
            (numbers.isArray() ? numbers : List.of(numbers)).forEach(number -> {
                if (number.isIntegralNumber() && number.longValue() >= 0 && number.longValue() < tokens.size()) {
                    all.add(number.intValue());
                }
            });
        }
        // What stands before a text is the template's business: Hugging Face adds nothing to what it renders.
        return new Vocabulary(
                tokenizer, tokens, tokens.size(), all, find(controls, names.path("bos_token")), end, false);
    }

    /** The chat template of a folder, if it has one. */
    static Optional<String> chatTemplate(Path folder) {
        Path file = folder.resolve(CHAT_TEMPLATE);
        if (Files.exists(file)) {
            return Optional.of(ModelJson.readText(file));
        }
        JsonNode template = readIfThere(folder.resolve(TOKENIZER_CONFIG)).path("chat_template");
        if (template.isArray()) {
            for (JsonNode named : template) {
                if (named.path("name").asText().equals("default")) {
                    return Optional.of(named.path("template").asText());
                }
            }
        }
        return template.isTextual() ? Optional.of(template.textValue()) : Optional.empty();
    }

    private static JsonNode readIfThere(Path file) {
        return Files.exists(file) ? ModelJson.read(file) : JsonNodeFactory.instance.objectNode();
    }

    /** A token is named by its text, or by an object that holds it. */
    private static String nameOf(JsonNode token) {
        return token.isObject() ? token.path("content").asText() : token.asText();
    }

    private static OptionalInt find(Map<String, Integer> controls, JsonNode token) {
        Integer number = controls.get(nameOf(token));
        return number == null ? OptionalInt.empty() : OptionalInt.of(number);
    }

    private static List<Token> readTokens(Path file, JsonNode tokenizer) {
        Map<Integer, Token> byNumber = new TreeMap<>();
        tokenizer.path("model").path("vocab").properties().forEach(word -> {
            byNumber.put(number(file, word.getKey(), word.getValue()), new Token(word.getKey(), Kind.TEXT));
        });
        for (JsonNode added : tokenizer.path("added_tokens")) {
            String name = added.path("content").asText();
            Kind kind = Kind.ofAdded(name, added.path("special").asBoolean());
            byNumber.put(number(file, name, added.path("id")), new Token(name, kind));
        }
        if (byNumber.isEmpty()) {
            throw Unusable.file(file, "has no tokens");
        }
        int size = Collections.max(byNumber.keySet()) + 1;
        Token[] tokens = new Token[size];
        Arrays.fill(tokens, new Token("", Kind.UNUSED));
        byNumber.forEach((number, token) -> tokens[number] = token);
        return new ArrayList<>(Arrays.asList(tokens));
    }

    private static int number(Path file, String name, JsonNode number) {
        if (!number.isIntegralNumber() || number.longValue() < 0 || number.longValue() >= MOST_TOKENS) {
            throw Unusable.file(file, "is damaged: the number of its token \"" + name + "\" is " + number);
        }
        return number.intValue();
    }

    /** Known are byte-level BPEs, in which every text has tokens and comes back from them as it was. */
    private static void refuseUnsupported(Path file, JsonNode tokenizer) {
        String model = tokenizer.path("model").path("type").asText("BPE");
        boolean byteLevel = steps(tokenizer.path("pre_tokenizer")).stream()
                .anyMatch(step -> step.path("type").asText().equals("ByteLevel"));
        if (!model.equals("BPE")
                || !byteLevel
                || tokenizer.path("model").path("byte_fallback").asBoolean()) {
            throw Unusable.file(
                    file,
                    "is a tokenizer of the kind " + model + (byteLevel ? "" : " without bytes as its letters")
                            + "; byte-level BPE is supported");
        }
        for (JsonNode step : steps(tokenizer.path("pre_tokenizer"))) {
            if (step.path("type").asText().equals("ByteLevel")
                    && step.path("add_prefix_space").asBoolean()) {
                throw Unusable.file(file, "puts a blank before every text, which this engine does not");
            }
        }
        for (JsonNode step : steps(tokenizer.path("normalizer"))) {
            if (!step.path("type").asText().equals("NFC")) {
                throw Unusable.file(
                        file,
                        "changes text before it is cut (" + step.path("type").asText() + "), which is not supported");
            }
        }
    }

    /** The steps of a sequence, or the one step that there is. */
    private static List<JsonNode> steps(JsonNode step) {
        for (String name : List.of("pretokenizers", "normalizers")) {
            if (step.path(name).isArray()) {
                List<JsonNode> steps = new ArrayList<>();
                step.path(name).forEach(inner -> steps.addAll(steps(inner)));
                return steps;
            }
        }
        return step.isObject() ? List.of(step) : List.of();
    }
}
