package io.lectern.engine.local;

import io.lectern.engine.CacheType;
import io.lectern.engine.EngineInfo;
import io.lectern.engine.WeightPrecision;
import io.lectern.engine.decoder.DecoderOptions;
import io.lectern.engine.decoder.HybridDecoder;
import io.lectern.engine.model.ChatTemplate;
import io.lectern.engine.model.GgufCheckpoint;
import io.lectern.engine.model.MiniMaxTiny;
import io.lectern.engine.model.ModelTokenizer;
import io.lectern.engine.model.SafetensorsCheckpoint;
import io.lectern.engine.model.TinyModels;
import io.lectern.engine.snapshot.ModelIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** An engine over the small hybrid model, with a tokenizer of bytes: real in every part, and fast. */
final class HybridEngine {
    private static final int WINDOW = 1 << 20;

    private HybridEngine() {}

    /**
     * Opens one.
     *
     * @param folder for the file that holds the tokenizer
     */
    static LocalEngine open(Path folder, CacheType cache) throws IOException {
        Path file = folder.resolve("tokenizer.gguf");
        Files.write(file, TinyModels.llama().bytes());
        GgufCheckpoint ofTokenizer = GgufCheckpoint.open(file);
        ModelTokenizer tokenizer = ModelTokenizer.of(ofTokenizer);
        SafetensorsCheckpoint checkpoint = SafetensorsCheckpoint.open(MiniMaxTiny.folder());
        HybridDecoder decoder = decoder(checkpoint, cache);
        return new LocalEngine(
                tokenizer,
                ChatTemplate.of(ofTokenizer, tokenizer),
                WINDOW,
                0,
                () -> new EngineInfo("tiny", "minimax", "", "", 0, WINDOW, 0, "this machine", true, true),
                () -> new DecoderPast(decoder, decoder.newState()),
                layout -> new DecoderPast(decoder, decoder.newState(layout)),
                () -> new ModelIdentity(
                        Map.of("the model's weights", "tiny", "the form of keys and values", cache.name())),
                List.of(decoder::close, checkpoint::close, tokenizer::close, ofTokenizer::close));
    }

    /** Its decoder alone. */
    static HybridDecoder decoder(SafetensorsCheckpoint checkpoint, CacheType cache) {
        return HybridDecoder.load(
                checkpoint,
                DecoderOptions.standard().withThreads(1).withPrecision(WeightPrecision.F32, cache),
                done -> {});
    }
}
