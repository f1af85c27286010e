package io.lectern.engine.model;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lectern.engine.model.Vocabulary.Kind;
import io.lectern.engine.model.Vocabulary.Token;
import java.util.List;

/** Builds a {@code tokenizer.json} as Hugging Face's tokenizers read it, for a byte-level BPE. */
final class TokenizerJson {
    private TokenizerJson() {}

    /**
     * The object of such a file.
     *
     * @param tokens by number
     * @param merges pairs of tokens' names with a blank between, those that come first first
     */
    static ObjectNode of(List<Token> tokens, List<String> merges, PreTokenizer preTokenizer) {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        root.put("version", "1.0").putNull("truncation").putNull("padding");
        ArrayNode added = root.putArray("added_tokens");
        ObjectNode words = JsonNodeFactory.instance.objectNode();
        for (int number = 0; number < tokens.size(); number++) {
            Token token = tokens.get(number);
            boolean control = token.kind() == Kind.CONTROL;
            if ((control || token.kind() == Kind.ADDED) && !token.name().isEmpty()) {
                added.addObject()
                        .put("id", number)
                        .put("content", token.name())
                        .put("single_word", false)
                        .put("lstrip", false)
                        .put("rstrip", false)
                        .put("normalized", false)
                        .put("special", control);
            }
            if (token.kind() == Kind.TEXT || token.kind() == Kind.ADDED) {
                words.put(token.name(), number);
            }
        }
        root.putNull("normalizer");
        ArrayNode steps =
                root.putObject("pre_tokenizer").put("type", "Sequence").putArray("pretokenizers");
        for (String pattern : preTokenizer.patterns()) {
            ObjectNode split = steps.addObject().put("type", "Split");
            split.putObject("pattern").put("Regex", pattern);
            split.put("behavior", "Isolated").put("invert", false);
        }
        byteLevel(steps.addObject());
        root.putNull("post_processor");
        byteLevel(root.putObject("decoder"));
        ObjectNode model = root.putObject("model");
        model.put("type", "BPE")
                .put("fuse_unk", false)
                .put("byte_fallback", false)
                .put("ignore_merges", preTokenizer.wholeWords());
        model.set("vocab", words);
        ArrayNode mergeList = model.putArray("merges");
        merges.forEach(mergeList::add);
        return root;
    }

    private static void byteLevel(ObjectNode step) {
        step.put("type", "ByteLevel")
                .put("add_prefix_space", false)
                .put("trim_offsets", false)
                .put("use_regex", false);
    }
}
