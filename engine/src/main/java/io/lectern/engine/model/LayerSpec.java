package io.lectern.engine.model;

/**
 * One layer of a decoder: x ← x + mixer(RMS(x)), then x ← x + feedForward(RMS(x)). A model is a list of these, not a class
 * of its own; the interfaces are sealed so that the compiler shows every place where a new kind must be thought of.
 */
public record LayerSpec(Mixer mixer, FeedForward feedForward) {

    /** What carries information from token to token. */
    public sealed interface Mixer {
        /** Numbers that each token adds to what the layer remembers; 0 for a state of fixed size. */
        long rememberedPerToken();
    }

    /**
     * Causal softmax attention with grouped queries: query head n attends with key-value head n / (heads / keyValueHeads);
     * scale headDimension^−0.5.
     *
     * @param heads of the queries
     * @param keyValueHeads divides heads
     * @param headDimension numbers in a head
     * @param rotary how positions are told apart
     * @param biased whether query, key and value projections add a bias
     */
    public record Softmax(int heads, int keyValueHeads, int headDimension, Rotary rotary, boolean biased)
            implements Mixer {
        @Override
        public long rememberedPerToken() {
            return 2L * keyValueHeads * headDimension;
        }
    }

    /**
     * Rotary position embedding (Su et al. 2021): pair j of a head's first {@code dimensions} numbers is turned by
     * position · theta^(−2j/dimensions); the other numbers pass.
     *
     * @param dimensions how many numbers of a head are turned; even
     * @param pairing which numbers form a pair
     * @param theta base of the angles
     */
    public record Rotary(int dimensions, Pairing pairing, double theta) {

        /** Which two numbers are turned together. */
        public enum Pairing {
            /** Pair j is (2j, 2j + 1): GGUF files of the llama architecture, whose query and key rows were permuted so. */
            INTERLEAVED,
            /** Pair j is (j, j + dimensions/2): GPT-NeoX, Qwen2. */
            HALVES
        }
    }

    /** What is done to each token alone. */
    public sealed interface FeedForward {}

    /**
     * down(silu(gate(x)) ⊙ up(x)) (SwiGLU, Shazeer 2020).
     *
     * @param intermediate numbers between
     */
    public record Dense(int intermediate) implements FeedForward {}
}
