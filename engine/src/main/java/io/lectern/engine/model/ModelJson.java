package io.lectern.engine.model;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads the small files of a model folder, most of them JSON, which are not trusted: bounded, without anything behind, no name twice. */
final class ModelJson {
    /** The largest are tokenizers, of some 10 MB. */
    private static final long LARGEST = 64L << 20;

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private ModelJson() {}

    /**
     * The object in a file.
     *
     * @throws io.lectern.engine.EngineException with MODEL_UNUSABLE if the file cannot be read or holds no object
     */
    static JsonNode read(Path file) {
        return parse(file, readBytes(file));
    }

    /** The text in a file. */
    static String readText(Path file) {
        return new String(readBytes(file), StandardCharsets.UTF_8);
    }

    private static byte[] readBytes(Path file) {
        try {
            if (!Files.isRegularFile(file)) {
                throw Unusable.file(file, Files.exists(file) ? "is not a file" : "does not exist");
            }
            if (Files.size(file) > LARGEST) {
                throw Unusable.file(file, "is too large (" + Files.size(file) + " bytes) for what it should hold");
            }
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw Unusable.file(file, "cannot be read", e);
        }
    }

    /** The object in these bytes of a file. */
    static JsonNode parse(Path file, byte[] json) {
        try {
            JsonNode root = MAPPER.readTree(json);
            if (!root.isObject()) {
                throw Unusable.file(file, "is damaged: it does not hold a JSON object where it should");
            }
            return root;
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw Unusable.file(
                    file, "is damaged: it does not hold JSON where it should (" + e.getOriginalMessage() + ")");
        } catch (IOException e) {
            throw Unusable.file(file, "cannot be read", e);
        }
    }

    /** An object as a file holds it, for people too. */
    static byte[] bytes(JsonNode object) {
        try {
            return (MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(object) + "\n")
                    .getBytes(StandardCharsets.UTF_8);
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
