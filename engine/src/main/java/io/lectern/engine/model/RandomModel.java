package io.lectern.engine.model;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lectern.engine.EngineException;
import io.lectern.engine.model.Vocabulary.Kind;
import io.lectern.engine.model.Vocabulary.Token;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.DoubleConsumer;
import java.util.stream.IntStream;

/**
 * Writes a model folder of any MiniMax configuration with weights that nobody trained, to test and to measure with. It has
 * MiniMax-M1's chat template, and a tokenizer: a given one, or one in which every byte is a token.
 */
public final class RandomModel {
    private static final String TEMPLATE = "minimax-m1.jinja";
    private static final double USUAL_DEVIATION = 0.02;

    /** Tokens of MiniMax-M1 that its template writes. */
    private static final List<String> CONTROLS =
            List.of("<begin_of_document>", "<end_of_document>", "<beginning_of_sentence>", "<end_of_sentence>");

    private static final int BYTES = 256;

    private RandomModel() {}

    /**
     * Writes a folder. The weights depend on nothing but the configuration and the seed.
     *
     * @param configuration a {@code config.json}, in either layout
     * @param destination where nothing may stand yet
     * @param plain how numbers are stored that are not codes: F32 or BF16
     * @param codes what becomes of the matrices that can be codes
     * @param tokenizer a {@code tokenizer.json} or a GGUF file whose tokenizer is written
     * @param progress hears how much is written, from 0 to 1
     * @throws EngineException with MODEL_UNUSABLE if the configuration or the tokenizer cannot be used or something stands at
     *     {@code destination}; with DOES_NOT_FIT if the disk has too little space
     */
    public static void write(
            Path configuration,
            Path destination,
            long seed,
            TensorType plain,
            Optional<CodeFormat> codes,
            Optional<Path> tokenizer,
            DoubleConsumer progress) {
        ObjectNode root = (ObjectNode) ModelJson.read(configuration);
        root.remove("quantization_config");
        String name = destination.toAbsolutePath().normalize().getFileName().toString();
        ModelConfig model = MiniMaxConfig.read(name, root, configuration);
        Optional<Vocabulary> vocabulary = tokenizer
                .map(RandomModel::readTokenizer)
                .or(() -> model.vocabulary() < BYTES ? Optional.empty() : Optional.of(bytes(model.vocabulary())));
        if (vocabulary.isPresent() && vocabulary.get().tokens().size() > model.vocabulary()) {
            throw Unusable.file(
                    tokenizer.orElse(configuration),
                    "has " + vocabulary.get().tokens().size() + " tokens, but the model has vectors for "
                            + model.vocabulary());
        }
        double deviation = root.path("initializer_range").asDouble(USUAL_DEVIATION);
        new ModelFolderWriter(model, new RandomWeights(model, plain, deviation, seed), codes)
                .write(destination, root, vocabulary.map(RandomModel::files).orElse(Map.of()), progress);
    }

    private static Vocabulary readTokenizer(Path from) {
        if (from.getFileName().toString().endsWith(".gguf")) {
            try (GgufFile file = GgufFile.open(from)) {
                return GgufVocabulary.read(from, file.metadata());
            }
        }
        return FolderVocabulary.read(from, JsonNodeFactory.instance.objectNode());
    }

    /** A vocabulary of the 256 bytes, and of M1's control tokens as far as there is room. */
    private static Vocabulary bytes(int room) {
        List<Token> tokens = new ArrayList<>(IntStream.range(0, BYTES)
                .mapToObj(b -> new Token(ByteAlphabet.letter((byte) b), Kind.TEXT))
                .toList());
        CONTROLS.stream()
                .limit(room - BYTES)
                .map(control -> new Token(control, Kind.CONTROL))
                .forEach(tokens::add);
        OptionalInt end = find(tokens, "<end_of_sentence>");
        return new Vocabulary(
                TokenizerJson.of(tokens, List.of(), PreTokenizer.named("gpt-2").orElseThrow()),
                tokens,
                tokens.size(),
                end.isPresent() ? Set.of(end.getAsInt()) : Set.of(),
                find(tokens, "<beginning_of_sentence>"),
                end,
                false);
    }

    private static OptionalInt find(List<Token> tokens, String name) {
        return IntStream.range(0, tokens.size())
                .filter(number -> tokens.get(number).name().equals(name))
                .findFirst();
    }

    /** The files of a folder that say how text becomes tokens and a conversation becomes text. */
    private static Map<String, byte[]> files(Vocabulary vocabulary) {
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put(FolderVocabulary.TOKENIZER, ModelJson.bytes(vocabulary.tokenizer()));
        ObjectNode names = JsonNodeFactory.instance.objectNode();
        names.put("tokenizer_class", "PreTrainedTokenizerFast");
        putName(names, "bos_token", vocabulary, vocabulary.beginningOfText());
        putName(names, "eos_token", vocabulary, vocabulary.endOfText());
        files.put(FolderVocabulary.TOKENIZER_CONFIG, ModelJson.bytes(names));
        ObjectNode generation = JsonNodeFactory.instance.objectNode();
        ArrayNode ends = generation.putArray("eos_token_id");
        vocabulary.endOfTurn().stream().sorted().forEach(ends::add);
        generation.put("do_sample", true).put("temperature", 1.0).put("top_p", 0.95);
        files.put(FolderVocabulary.GENERATION_CONFIG, ModelJson.bytes(generation));
        files.put(FolderVocabulary.CHAT_TEMPLATE, template());
        return files;
    }

    private static void putName(ObjectNode names, String field, Vocabulary vocabulary, OptionalInt token) {
        if (token.isPresent()) {
            names.put(field, vocabulary.nameOf(token));
        }
    }

    private static byte[] template() {
        try (InputStream in = RandomModel.class.getResourceAsStream(TEMPLATE)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
