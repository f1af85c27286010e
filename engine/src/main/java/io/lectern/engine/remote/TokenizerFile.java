package io.lectern.engine.remote;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import io.lectern.engine.EngineException;
import io.lectern.engine.EngineException.Reason;
import io.lectern.engine.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

/** The tokenizer of a {@code tokenizer.json}, to count with for a server that cannot be asked. Lives as long as the process. */
public final class TokenizerFile implements Tokenizer {
    private final HuggingFaceTokenizer tokenizer;

    private TokenizerFile(HuggingFaceTokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    /** @throws EngineException with MODEL_UNUSABLE if the file is not such a tokenizer */
    public static TokenizerFile open(Path file) {
        try {
            return new TokenizerFile(HuggingFaceTokenizer.newInstance(file));
        } catch (IOException | RuntimeException e) {
            throw new EngineException(Reason.MODEL_UNUSABLE, file + " cannot be used as a tokenizer.json.", e);
        }
    }

    @Override
    public int[] encode(String text) {
        return Arrays.stream(tokenizer.encode(text, false, false).getIds())
                .mapToInt(Math::toIntExact)
                .toArray();
    }

    @Override
    public String decode(int[] tokens) {
        return tokenizer.decode(Arrays.stream(tokens).asLongStream().toArray());
    }
}
