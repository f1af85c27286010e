package io.lectern.app;

import io.lectern.engine.ModelFolders;
import io.lectern.engine.WeightPrecision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/** A model folder with MiniMax-M1's kinds of layers and its chat template, bytes for tokens, and weights made by chance. */
public final class HybridFolder {
    private static final String CONFIG = """
            {"architectures": ["MiniMaxForCausalLM"], "model_type": "minimax", "block_size": 64, "head_dim": 16,
             "hidden_act": "silu", "hidden_size": 32, "initializer_range": 0.3, "intermediate_size": 48,
             "full_attn_alpha_factor": 3.5565588200778455, "full_attn_beta_factor": 1.0,
             "linear_attn_alpha_factor": 3.5565588200778455, "linear_attn_beta_factor": 1.0,
             "mlp_alpha_factor": 3.5565588200778455, "mlp_beta_factor": 1.0,
             "layer_types": ["linear_attention", "linear_attention", "full_attention"], "num_hidden_layers": 3,
             "max_position_embeddings": 16384, "num_attention_heads": 2, "num_key_value_heads": 1,
             "num_experts_per_tok": 2, "num_local_experts": 4, "rms_norm_eps": 1e-05,
             "rope_parameters": {"rope_theta": 10000000.0, "rope_type": "default"},
             "tie_word_embeddings": false, "vocab_size": 320}
            """;

    private static final String REPLY = "ai name=assistant\\n";

    private HybridFolder() {}

    /** Writes the folder {@code model} into another. */
    public static Path write(Path into) throws IOException {
        Path config = Files.writeString(into.resolve("hybrid.json"), CONFIG);
        Path model = into.resolve("model");
        ModelFolders.random(
                config,
                model,
                new ModelFolders.RandomOptions(7, WeightPrecision.F32, OptionalInt.empty(), Optional.empty()),
                part -> {});
        return model;
    }

    /** Changes its template to begin the thinking of each reply, which weights made by chance would never do. */
    public static void beginThinking(Path model) throws IOException {
        Path template = model.resolve("chat_template.jinja");
        String turns = Files.readString(template);
        int reply = turns.lastIndexOf(REPLY) + REPLY.length();
        Files.writeString(template, turns.substring(0, reply) + "<think>\\n" + turns.substring(reply));
    }
}
