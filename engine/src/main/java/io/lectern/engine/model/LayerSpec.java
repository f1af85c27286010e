package io.lectern.engine.model;

import java.util.List;
import java.util.Optional;

/**
 * One layer of a decoder: a mixer and then a feed-forward, each behind a norm and joined to the stream x by a
 * {@link Residual}. A model is a list of these, not a class of its own; the interfaces are sealed so that the compiler shows
 * every place where a new kind must be thought of.
 *
 * @param mixer carries information from token to token
 * @param mixerResidual how its output joins the stream
 * @param feedForward works on each token alone
 * @param feedForwardResidual how its output joins the stream
 */
public record LayerSpec(Mixer mixer, Residual mixerResidual, FeedForward feedForward, Residual feedForwardResidual) {

    /** A layer of the usual kind: x ← x + f(RMS(x)), twice. */
    public LayerSpec(Mixer mixer, FeedForward feedForward) {
        this(mixer, Residual.PLAIN, feedForward, Residual.PLAIN);
    }

    /**
     * How the output of a part f of a layer joins the stream: x ← alpha · r + beta · f(n), n = RMS(x), where r is n or x.
     *
     * @param alpha scale of what goes past the part
     * @param beta scale of the part's output
     * @param ofNormed whether r is the normed stream ("postnorm" in MiniMax's configurations) rather than the stream itself
     */
    public record Residual(double alpha, double beta, boolean ofNormed) {
        /** x ← x + f(RMS(x)). */
        public static final Residual PLAIN = new Residual(1, 1, false);
    }

    /** What carries information from token to token. */
    public sealed interface Mixer {
        /** Numbers that each token adds to what the layer remembers; 0 for a state of fixed size. */
        long rememberedPerToken();

        /** Numbers that the layer remembers however many tokens there are; 0 for a state that grows. */
        long rememberedAlways();
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
        /** The same with another part of each head turned. */
        public Softmax withRotaryDimensions(int dimensions) {
            return new Softmax(
                    heads,
                    keyValueHeads,
                    headDimension,
                    new Rotary(dimensions, rotary.pairing(), rotary.theta()),
                    biased);
        }

        @Override
        public long rememberedPerToken() {
            return 2L * keyValueHeads * headDimension;
        }

        @Override
        public long rememberedAlways() {
            return 0;
        }
    }

    /**
     * Lightning attention (Qin et al. 2024; MiniMax-01): linear attention with a fixed decay for each head. For each token and
     * head, with q, k, v of silu(W_qkv · x): S ← e^(−slope) · S + kᵀv; o = q · S, S starting at zero, in 32 bits. The heads'
     * outputs together pass an RMS norm, are multiplied by sigmoid(W_gate · x), and projected.
     *
     * @param heads each with its own state
     * @param headDimension numbers in a query, key or value of a head
     * @param slopes decay of each head, larger than 0
     * @param outputNormEpsilon of the norm over all heads' outputs
     */
    public record Lightning(int heads, int headDimension, List<Double> slopes, double outputNormEpsilon)
            implements Mixer {
        public Lightning {
            slopes = List.copyOf(slopes);
            if (slopes.size() != heads) {
                throw new IllegalArgumentException(heads + " heads need as many slopes, not " + slopes.size());
            }
        }

        @Override
        public long rememberedPerToken() {
            return 0;
        }

        @Override
        public long rememberedAlways() {
            return (long) heads * headDimension * headDimension;
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

    /**
     * Mixture of experts: p = softmax(W_router · x) in 32 bits over all experts; the likeliest {@code perToken} of them,
     * their p scaled to sum to 1, each a SwiGLU: y = Σ p_e · down_e(silu(gate_e(x)) ⊙ up_e(x)).
     *
     * @param experts how many there are
     * @param perToken how many work on each token
     * @param intermediate numbers between, in each expert
     * @param shared an expert that works on every token beside them, if there is one
     */
    public record MixtureOfExperts(int experts, int perToken, int intermediate, Optional<SharedExpert> shared)
            implements FeedForward {
        public MixtureOfExperts {
            if (perToken < 1 || perToken > experts) {
                throw new IllegalArgumentException(perToken + " of " + experts + " experts cannot be chosen");
            }
        }
    }

    /**
     * A SwiGLU whose output is mixed with that of the chosen experts: (1 − c) · experts + c · shared.
     *
     * @param intermediate numbers between
     * @param coefficient what makes c of W_coefficient · x, one number a token
     */
    public record SharedExpert(int intermediate, Coefficient coefficient) {

        /** What makes the share c of a number. */
        public enum Coefficient {
            /** 1 / (1 + e^(−number)). */
            SIGMOID,
            /** The softmax over the one number, which is always 1. */
            SOFTMAX
        }
    }
}
