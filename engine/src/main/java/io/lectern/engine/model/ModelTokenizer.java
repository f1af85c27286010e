package io.lectern.engine.model;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import io.lectern.engine.EngineException;
import io.lectern.engine.Tokenizer;
import io.lectern.engine.model.Vocabulary.Kind;
import io.lectern.engine.model.Vocabulary.Token;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * The byte-level BPE tokenizer of a model: its own tokens and merges, run by Hugging Face's tokenizers through DJL.
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

    /** Characters encoded at a time: bounds the memory that the native encoding of one piece takes. */
    private static final int PIECE = 1 << 16;

    private final Vocabulary vocabulary;
    private final HuggingFaceTokenizer encoder;
    private final byte[][] bytes;
    private final Map<String, Integer> controlTokens;
    private final Pattern controlPattern;
    private final boolean cutsAreSafe;

    private ModelTokenizer(Vocabulary vocabulary) throws IOException {
        List<Token> tokens = vocabulary.tokens();
        this.vocabulary = vocabulary;
        this.bytes = new byte[tokens.size()][];
        this.controlTokens = new HashMap<>();
        boolean safe = true;
        for (int number = 0; number < bytes.length; number++) {
            Token token = tokens.get(number);
            bytes[number] = token.kind() == Kind.CONTROL || token.kind() == Kind.ADDED
                    ? token.name().getBytes(StandardCharsets.UTF_8)
                    : ByteAlphabet.bytesOf(token.name());
            if (token.kind() == Kind.CONTROL && !token.name().isEmpty()) {
                controlTokens.put(token.name(), number);
            }
            safe &= token.kind() != Kind.ADDED
                    || token.name().isBlank()
                    || token.name().indexOf(' ') < 0;
        }
        // Longest first: an alternation takes the first that matches.
        this.controlPattern = Pattern.compile(controlTokens.keySet().stream()
                .sorted(Comparator.comparingInt(String::length).reversed())
                .map(Pattern::quote)
                .collect(Collectors.joining("|")));
        this.encoder = HuggingFaceTokenizer.newInstance(
                new ByteArrayInputStream(vocabulary.textTokenizer().toString().getBytes(StandardCharsets.UTF_8)),
                Map.of("addSpecialTokens", "false", "truncation", "false", "padding", "false"));
        this.cutsAreSafe = safe && wordsEndBeforeBlanks();
    }

    /** Whether the tokens of these words are those of the first word and those of the rest, however it is cut. */
    private boolean wordsEndBeforeBlanks() {
        String words = "on the other hand, the Parties agree to the terms";
        int[] whole = encodePiece(words);
        return IntStream.range(0, words.length())
                .filter(at -> words.charAt(at) == ' ' && words.charAt(at - 1) != ',')
                .allMatch(at -> Arrays.equals(
                        whole,
                        IntStream.concat(
                                        IntStream.of(encodePiece(words.substring(0, at))),
                                        IntStream.of(encodePiece(words.substring(at))))
                                .toArray()));
    }

    /**
     * Builds the tokenizer that a checkpoint carries.
     *
     * @throws EngineException with MODEL_UNUSABLE if there is none, it is of a kind that is not known, or does not fit the
     *     model
     */
    public static ModelTokenizer of(Checkpoint checkpoint) {
        Vocabulary vocabulary = checkpoint.vocabulary();
        if (vocabulary.tokens().size() > checkpoint.config().vocabulary()) {
            throw Unusable.file(
                    checkpoint.path(),
                    "has " + vocabulary.tokens().size() + " tokens but vectors for "
                            + checkpoint.config().vocabulary());
        }
        try {
            return new ModelTokenizer(vocabulary);
        } catch (IOException | RuntimeException e) {
            throw Unusable.file(checkpoint.path(), "has a tokenizer that cannot be used", e);
        }
    }

    @Override
    public int[] encode(String text) {
        IntStream.Builder tokens = IntStream.builder();
        int from = 0;
        while (from < text.length()) {
            int to = nextCut(text, from);
            IntStream.of(encodePiece(text.substring(from, to))).forEach(tokens::add);
            from = to;
        }
        return tokens.build().toArray();
    }

    private int[] encodePiece(String piece) {
        return LongStream.of(encoder.encode(piece, false, false).getIds())
                .mapToInt(Math::toIntExact)
                .toArray();
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
        return parts.stream().flatMapToInt(Arrays::stream).toArray();
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
        return bytes.length;
    }

    /** How many of the tokens, from the first, the model may write. */
    public int writable() {
        return vocabulary.writable();
    }

    /** Whether a token means something to the program rather than being text. */
    public boolean isControl(int token) {
        return token >= bytes.length || vocabulary.tokens().get(token).kind() == Kind.CONTROL;
    }

    /** A hash of what tokens mean, in hexadecimal: of two tokenizers with the same, tokens have the same texts and ends. */
    public String fingerprint() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (int token = 0; token < bytes.length; token++) {
                digest.update((bytes[token].length + (isControl(token) ? ":control:" : ":"))
                        .getBytes(StandardCharsets.UTF_8));
                digest.update(bytes[token]);
            }
            digest.update(new TreeSet<>(endOfTurn()).toString().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** The tokens with which the model ends its turn. */
    public Set<Integer> endOfTurn() {
        return vocabulary.endOfTurn();
    }

    /** The token that stands before any text, where the model wants one there. */
    public OptionalInt requiredBeginning() {
        return vocabulary.beginsWithBeginningOfText() ? vocabulary.beginningOfText() : OptionalInt.empty();
    }

    /** The name of the token before any text, for templates; empty where there is none. */
    String beginningOfText() {
        return vocabulary.nameOf(vocabulary.beginningOfText());
    }

    /** The name of the token that ends a text, for templates; empty where there is none. */
    String endOfText() {
        return vocabulary.nameOf(vocabulary.endOfText());
    }

    @Override
    public void close() {
        encoder.close();
    }
}
