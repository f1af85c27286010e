package io.lectern.engine;

/** Text to tokens and back. Text never turns into control tokens: a document cannot close a message. */
public interface Tokenizer {

    /** The tokens of a text, without a beginning-of-text token. */
    int[] encode(String text);

    /** The text of tokens; control tokens are written as their names. */
    String decode(int[] tokens);

    /** How many tokens a text has. */
    default int count(String text) {
        return encode(text).length;
    }
}
