package io.lectern.engine.decoder;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * The tokens that a state has read. Forks share what they have in common: a sequence writes into the array only behind
 * everything that anybody has written there, and takes a copy otherwise, so what is shared never changes. Touched by one
 * thread at a time.
 */
final class TokenSequence {
    private static final int SMALLEST = 256;

    /** Tokens, of which the first {@code used} belong to somebody. */
    private static final class Numbers {
        private int[] tokens = new int[SMALLEST];
        private int used;
    }

    private Numbers numbers;
    private int length;

    /** An empty sequence. */
    TokenSequence() {
        this(new Numbers(), 0);
    }

    private TokenSequence(Numbers numbers, int length) {
        this.numbers = numbers;
        this.length = length;
    }

    /** A sequence of so many tokens that are yet to be filled in through {@link #memory}. */
    static TokenSequence toFill(int length) {
        Numbers numbers = new Numbers();
        numbers.tokens = new int[Math.max(SMALLEST, length)];
        numbers.used = length;
        return new TokenSequence(numbers, length);
    }

    int length() {
        return length;
    }

    /** A second sequence that goes on from here. */
    TokenSequence fork() {
        return new TokenSequence(numbers, length);
    }

    void add(int[] more) {
        int after = Math.addExact(length, more.length);
        if (length < numbers.used || after > numbers.tokens.length) {
            Numbers own = new Numbers();
            own.tokens = Arrays.copyOf(Arrays.copyOf(numbers.tokens, length), Math.max(after, length + length / 2));
            numbers = own;
        }
        System.arraycopy(more, 0, numbers.tokens, length, more.length);
        length = after;
        numbers.used = after;
    }

    void truncate(int to) {
        length = to;
    }

    /** Tokens from {@code from} to before {@code to}. */
    int[] range(int from, int to) {
        if (to > length) {
            throw new IllegalArgumentException("there are " + length + " tokens, not " + to);
        }
        return Arrays.copyOfRange(numbers.tokens, from, to);
    }

    /** The memory of tokens from {@code from} to before {@code to}, 32 bits each. */
    MemorySegment memory(int from, int to) {
        return MemorySegment.ofArray(numbers.tokens)
                .asSlice((long) from * Integer.BYTES, (long) (to - from) * Integer.BYTES);
    }
}
