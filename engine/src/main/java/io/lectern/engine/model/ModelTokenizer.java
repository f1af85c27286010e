package io.lectern.engine.model;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lectern.engine.EngineException;
import io.lectern.engine.Tokenizer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The byte-level BPE tokenizer of a GGUF file: its own tokens and merges, run by Hugging Face's tokenizers through DJL.
 * Safe for use from many threads.
 *
 * <p>Control tokens are not even in the vocabulary that text is encoded with, so no text can turn into one; only
 * {@link #encodeTemplate} knows them. Words that the model's makers added to the text vocabulary ("user-defined" tokens,
 * such as runs of blanks) are found in text, as llama.cpp does. Text is encoded as it stands, without Unicode
 * normalisation, so that {@code decode(encode(text))} is the text; only bytes for which a vocabulary has no token at all
 * (in SmolLM2 a few unprintable characters) are left out, as the model's own tokenizer leaves them out.
 */
public final class ModelTokenizer implements Tokenizer, AutoCloseable {
    static {
        // DJL otherwise reports its use to its makers and may look for native libraries in the network.
        System.setProperty("ai.djl.offline", "true");
        System.setProperty("OPT_OUT_TRACKING", "true");
    }

    /** Kinds of token in {@code tokenizer.ggml.token_type}. */
    private static final int NORMAL = 1;

    private static final int UNKNOWN = 2;
    private static final int CONTROL = 3;
    private static final int USER_DEFINED = 4;
    private static final int UNUSED = 5;

    /** Tokens with these names end a turn even where the metadata forgets them; the same list as in llama.cpp. */
    private static final Set<String> ENDS_BY_NAME = Set.of(
            "<|im_end|>",
            "<|eot_id|>",
            "<|eom_id|>",
            "<|end|>",
            "<|endoftext|>",
            "<|end_of_text|>",
            "<end_of_turn>",
            "<end_of_utterance>",
            "<EOT>",
            "_<EOT>",
            "</s>");

    /** Looks like a control token; some files forget to mark it as one, as llama.cpp also assumes. */
    private static final Pattern LOOKS_LIKE_CONTROL = Pattern.compile("<\\|.*\\|>");

    /** Characters encoded at a time: bounds the memory that the native encoding of one piece takes. */
    private static final int PIECE = 1 << 16;

    private final HuggingFaceTokenizer encoder;
    private final String[] names;
    private final byte[][] bytes;
    private final Map<String, Integer> controlTokens;
    private final Pattern controlPattern;
    private final boolean cutsAreSafe;
    private final Set<Integer> endOfTurn;
    private final OptionalInt beginningOfText;
    private final boolean beginsWithBeginningOfText;

    private ModelTokenizer(GgufMetadata metadata, String[] names, int[] kinds, String tokenizerJson)
            throws IOException {
        this.names = names;
        this.bytes = new byte[names.length][];
        this.controlTokens = new HashMap<>();
        boolean safe = true;
        for (int token = 0; token < names.length; token++) {
            boolean control = kinds[token] == CONTROL || kinds[token] == UNKNOWN;
            bytes[token] = control || kinds[token] == USER_DEFINED
                    ? names[token].getBytes(StandardCharsets.UTF_8)
                    : ByteAlphabet.bytesOf(names[token]);
            if (control && !names[token].isEmpty()) {
                controlTokens.put(names[token], token);
            }
            safe &= kinds[token] != USER_DEFINED || names[token].isBlank() || names[token].indexOf(' ') < 0;
        }
        this.cutsAreSafe = safe;
        // Longest first: an alternation takes the first that matches.
        this.controlPattern = Pattern.compile(controlTokens.keySet().stream()
                .sorted(Comparator.comparingInt(String::length).reversed())
                .map(Pattern::quote)
                .collect(Collectors.joining("|")));
        this.beginningOfText = token(metadata, "tokenizer.ggml.bos_token_id");
        this.beginsWithBeginningOfText = beginningOfText.isPresent()
                && metadata.optionalFlag("tokenizer.ggml.add_bos_token").orElse(false);
        this.endOfTurn = readEnds(metadata);
        this.encoder = HuggingFaceTokenizer.newInstance(
                new ByteArrayInputStream(tokenizerJson.getBytes(StandardCharsets.UTF_8)),
                Map.of("addSpecialTokens", "false", "truncation", "false", "padding", "false"));
    }

    /**
     * Builds the tokenizer that a checkpoint carries.
     *
     * @throws EngineException with MODEL_UNUSABLE if it is of a kind that is not known, or does not fit the model
     */
    public static ModelTokenizer of(GgufCheckpoint checkpoint) {
        GgufMetadata metadata = checkpoint.metadata();
        String model = metadata.string("tokenizer.ggml.model");
        if (!model.equals("gpt2")) {
            throw Unusable.file(
                    checkpoint.path(),
                    "has a tokenizer of the kind \"" + model + "\"; byte-level BPE (\"gpt2\") is supported");
        }
        String pre = metadata.optionalString("tokenizer.ggml.pre").orElse("(none)");
        PreTokenizer preTokenizer = PreTokenizer.named(pre)
                .orElseThrow(() -> Unusable.file(
                        checkpoint.path(),
                        "cuts text in the way \"" + pre + "\", which this engine does not know; it knows "
                                + String.join(", ", PreTokenizer.names())));
        String[] names = metadata.strings("tokenizer.ggml.tokens").toArray(String[]::new);
        if (names.length > checkpoint.config().vocabulary()) {
            throw Unusable.file(
                    checkpoint.path(),
                    "has " + names.length + " tokens but vectors for "
                            + checkpoint.config().vocabulary());
        }
        int[] kinds = readKinds(checkpoint, names);
        try {
            return new ModelTokenizer(
                    metadata,
                    names,
                    kinds,
                    tokenizerJson(names, kinds, metadata.strings("tokenizer.ggml.merges"), preTokenizer));
        } catch (IOException | RuntimeException e) {
            if (e instanceof EngineException refusal) {
                throw refusal;
            }
            throw new EngineException(
                    EngineException.Reason.MODEL_UNUSABLE,
                    checkpoint.path().getFileName() + " has a tokenizer that cannot be used: " + e.getMessage(),
                    e);
        }
    }

    private static int[] readKinds(GgufCheckpoint checkpoint, String[] names) {
        GgufMetadata metadata = checkpoint.metadata();
        int[] kinds = new int[names.length];
        java.util.Arrays.fill(kinds, NORMAL);
        if (metadata.has("tokenizer.ggml.token_type")) {
            List<Long> given = metadata.integers("tokenizer.ggml.token_type");
            if (given.size() != names.length) {
                throw Unusable.file(checkpoint.path(), "has " + names.length + " tokens but kinds for " + given.size());
            }
            for (int token = 0; token < kinds.length; token++) {
                kinds[token] = given.get(token).intValue();
            }
        }
        for (int token = 0; token < kinds.length; token++) {
            if (kinds[token] == USER_DEFINED
                    && (ENDS_BY_NAME.contains(names[token])
                            || LOOKS_LIKE_CONTROL.matcher(names[token]).matches())) {
                kinds[token] = CONTROL;
            }
        }
        return kinds;
    }

    /** The tokenizer as Hugging Face's tokenizers read it, without the control tokens. */
    private static String tokenizerJson(String[] names, int[] kinds, List<String> merges, PreTokenizer preTokenizer)
            throws IOException {
        ObjectMapper json = new ObjectMapper();
        ObjectNode root = json.createObjectNode();
        root.put("version", "1.0");
        ArrayNode added = root.putArray("added_tokens");
        ObjectNode model = root.putObject("model");
        ObjectNode vocabulary = json.createObjectNode();
        for (int token = 0; token < names.length; token++) {
            if (kinds[token] == USER_DEFINED && !names[token].isEmpty()) {
                added.addObject()
                        .put("id", token)
                        .put("content", names[token])
                        .put("single_word", false)
                        .put("lstrip", false)
                        .put("rstrip", false)
                        .put("normalized", false)
                        .put("special", false);
            }
            if (kinds[token] != CONTROL && kinds[token] != UNKNOWN && kinds[token] != UNUSED) {
                vocabulary.put(names[token], token);
            }
        }
        model.put("type", "BPE")
                .put("fuse_unk", false)
                .put("byte_fallback", false)
                .put("ignore_merges", preTokenizer.wholeWords());
        model.set("vocab", vocabulary);
        ArrayNode mergeList = model.putArray("merges");
        merges.forEach(mergeList::add);

        ArrayNode steps =
                root.putObject("pre_tokenizer").put("type", "Sequence").putArray("pretokenizers");
        for (String pattern : preTokenizer.patterns()) {
            ObjectNode split = steps.addObject().put("type", "Split");
            split.putObject("pattern").put("Regex", pattern);
            split.put("behavior", "Isolated").put("invert", false);
        }
        steps.addObject()
                .put("type", "ByteLevel")
                .put("add_prefix_space", false)
                .put("trim_offsets", false)
                .put("use_regex", false);
        root.putObject("decoder")
                .put("type", "ByteLevel")
                .put("add_prefix_space", false)
                .put("trim_offsets", false)
                .put("use_regex", false);
        return json.writeValueAsString(root);
    }

    private Set<Integer> readEnds(GgufMetadata metadata) {
        Set<Integer> ends = new LinkedHashSet<>();
        for (String key : List.of("eos_token_id", "eot_token_id", "eom_token_id")) {
            token(metadata, "tokenizer.ggml." + key).ifPresent(ends::add);
        }
        for (String name : ENDS_BY_NAME) {
            if (controlTokens.containsKey(name)) {
                ends.add(controlTokens.get(name));
            }
        }
        return Set.copyOf(ends);
    }

    private OptionalInt token(GgufMetadata metadata, String key) {
        var value = metadata.optionalInteger(key);
        return value.isPresent() && value.getAsLong() >= 0 && value.getAsLong() < names.length
                ? OptionalInt.of((int) value.getAsLong())
                : OptionalInt.empty();
    }

    @Override
    public int[] encode(String text) {
        IntStream.Builder tokens = IntStream.builder();
        int from = 0;
        while (from < text.length()) {
            int to = nextCut(text, from);
            for (long token :
                    encoder.encode(text.substring(from, to), false, false).getIds()) {
                tokens.add((int) token);
            }
            from = to;
        }
        return tokens.build().toArray();
    }

    /**
     * Where the piece that begins at {@code from} ends: at the end of the text, or between a letter and a blank before a
     * letter, where every known way of cutting text ends a word, so that the tokens are those of the whole.
     */
    private int nextCut(String text, int from) {
        if (!cutsAreSafe || text.length() - from <= PIECE) {
            return text.length();
        }
        for (int at = from + PIECE; at + 1 < text.length(); at++) {
            if (text.charAt(at) == ' '
                    && Character.isLetter(text.charAt(at - 1))
                    && Character.isLetter(text.charAt(at + 1))) {
                return at;
            }
        }
        return text.length();
    }

    /**
     * The tokens of a text that the program or the model's template wrote, in which names of control tokens are control
     * tokens. Never to be used on what came from a document or a person.
     */
    public int[] encodeTemplate(String text) {
        if (controlTokens.isEmpty()) {
            return encode(text);
        }
        List<int[]> parts = new ArrayList<>();
        Matcher matcher = controlPattern.matcher(text);
        int end = 0;
        while (matcher.find()) {
            parts.add(encode(text.substring(end, matcher.start())));
            parts.add(new int[] {controlTokens.get(matcher.group())});
            end = matcher.end();
        }
        parts.add(encode(text.substring(end)));
        return parts.stream().flatMapToInt(java.util.Arrays::stream).toArray();
    }

    @Override
    public String decode(int[] tokens) {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        for (int token : tokens) {
            text.writeBytes(bytes[token]);
        }
        return text.toString(StandardCharsets.UTF_8);
    }

    /** The UTF-8 bytes of a token: not always whole characters. */
    public byte[] bytes(int token) {
        return token < bytes.length ? bytes[token].clone() : new byte[0];
    }

    /** Number of tokens that have a name; the model may have vectors for more, which mean nothing. */
    public int size() {
        return names.length;
    }

    /** Whether a token means something to the program rather than being text. */
    public boolean isControl(int token) {
        return token >= names.length || controlTokens.getOrDefault(names[token], -1) == token;
    }

    /** The tokens with which the model ends its turn. */
    public Set<Integer> endOfTurn() {
        return endOfTurn;
    }

    /** The token that stands before any text, where the model wants one there. */
    public OptionalInt requiredBeginning() {
        return beginsWithBeginningOfText ? beginningOfText : OptionalInt.empty();
    }

    /** The name of the token that this metadata key points to; empty where there is none. */
    String controlName(GgufMetadata metadata, String key) {
        OptionalInt token = token(metadata, key);
        return token.isPresent() ? names[token.getAsInt()] : "";
    }

    @Override
    public void close() {
        encoder.close();
    }
}
