package io.lectern.ingest.extract.office;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Automatic numbers as Word shows them. They stand nowhere in the file: they follow from the paragraphs' list and level
 * and from the numbering definitions (ECMA-376 part 1, 17.9), and must be counted from the beginning of the document.
 *
 * <p>Lists ({@code w:num}) that share a definition ({@code w:abstractNum}) go on counting from one another, unless a list
 * overrides the start of a level: then that level restarts where the list is first used.
 */
final class WordNumbering {
    private static final int LEVELS = 9;
    private static final int NOT_STARTED = Integer.MIN_VALUE;

    private final WordStyles styles;
    private final Map<String, XmlNode> definitions = new HashMap<>();
    private final Map<String, XmlNode> lists = new HashMap<>();
    private final Map<String, int[]> countersByDefinition = new HashMap<>();
    private final Set<String> restarted = new HashSet<>();

    WordNumbering(XmlNode numbering, WordStyles styles) {
        this.styles = styles;
        numbering
                .children("w:abstractNum")
                .forEach(definition -> definitions.put(definition.attribute("w:abstractNumId"), definition));
        numbering.children("w:num").forEach(list -> lists.put(list.attribute("w:numId"), list));
    }

    /**
     * Counts a paragraph and says which number stands before it.
     *
     * @param properties the paragraph's {@code w:pPr}
     * @return the number with what separates it from the text ("12.2(b)\t"); empty for a paragraph without one
     */
    String next(Optional<XmlNode> properties) {
        String styleId = styles.paragraphStyle(properties);
        Optional<XmlNode> own = properties.flatMap(node -> node.child("w:numPr"));
        Optional<String> ownList = own.flatMap(node -> node.valueAt("w:numId"));
        String listId = ownList.or(() -> styles.listOfStyle(styleId)).orElse("0");
        XmlNode list = lists.get(listId);
        if (list == null) {
            return "";
        }
        Optional<Definition> definition = definitionOf(list);
        if (definition.isEmpty()) {
            return "";
        }
        int level = own.flatMap(node -> node.child("w:ilvl"))
                .flatMap(node -> node.number("w:val"))
                .or(() -> definition.get().levelOfStyle(styleId))
                .or(() -> styles.inherited(
                        styleId, style -> style.at("w:pPr", "w:numPr", "w:ilvl").flatMap(node -> node.number("w:val"))))
                .orElse(0);
        return level < 0 || level >= LEVELS ? "" : count(list, definition.get(), level);
    }

    private Optional<Definition> definitionOf(XmlNode list) {
        String id = list.valueAt("w:abstractNumId").orElse("");
        // A definition may only point to a numbering style, whose list has the levels.
        for (int hops = 0; hops < 3; hops++) {
            XmlNode definition = definitions.get(id);
            Optional<String> linked = definition == null
                    ? Optional.empty()
                    : definition
                            .valueAt("w:numStyleLink")
                            .flatMap(styles::listOfStyle)
                            .map(lists::get)
                            .flatMap(other -> other.valueAt("w:abstractNumId"));
            if (linked.isEmpty() || linked.get().equals(id)) {
                break;
            }
            id = linked.get();
        }
        String definitionId = id;
        return Optional.ofNullable(definitions.get(id)).map(node -> new Definition(definitionId, node));
    }

    private String count(XmlNode list, Definition definition, int level) {
        int[] counters = countersByDefinition.computeIfAbsent(definition.id(), id -> {
            int[] fresh = new int[LEVELS];
            Arrays.fill(fresh, NOT_STARTED);
            return fresh;
        });
        String listId = list.attribute("w:numId");
        Optional<Integer> startOverride = override(list, level)
                .flatMap(override -> override.child("w:startOverride"))
                .flatMap(start -> start.number("w:val"));
        if (startOverride.isPresent() && restarted.add(listId + " " + level)) {
            counters[level] = startOverride.get();
        } else if (counters[level] == NOT_STARTED) {
            counters[level] = start(list, definition, level);
        } else {
            counters[level]++;
        }
        for (int above = 0; above < level; above++) {
            // A level that was skipped counts as begun: after "1.1" as the first of its list comes "2", not "1".
            if (counters[above] == NOT_STARTED) {
                counters[above] = start(list, definition, above);
            }
            restarted.add(listId + " " + above);
        }
        for (int below = level + 1; below < LEVELS; below++) {
            if (restartsAfter(levelOf(list, definition, below), below, level)) {
                counters[below] = NOT_STARTED;
            }
        }
        return label(list, definition, level, counters);
    }

    /** A level restarts after any level above it, unless {@code w:lvlRestart} names the one that it waits for. */
    private static boolean restartsAfter(Optional<XmlNode> levelBelow, int below, int level) {
        int waitsFor = levelBelow
                .flatMap(node -> node.child("w:lvlRestart"))
                .flatMap(node -> node.number("w:val"))
                .orElse(below);
        return level < waitsFor;
    }

    private static String label(XmlNode list, Definition definition, int level, int[] counters) {
        Optional<XmlNode> found = levelOf(list, definition, level);
        if (found.isEmpty()) {
            return "";
        }
        XmlNode node = found.get();
        String pattern = node.valueAt("w:lvlText").orElse("");
        boolean legal = node.toggle("w:isLgl").orElse(false);
        StringBuilder label = new StringBuilder();
        for (int i = 0; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            boolean place = c == '%'
                    && i + 1 < pattern.length()
                    && pattern.charAt(i + 1) >= '1'
                    && pattern.charAt(i + 1) <= '9';
            if (place) {
                int named = pattern.charAt(++i) - '1';
                String format = levelOf(list, definition, named)
                        .flatMap(other -> other.valueAt("w:numFmt"))
                        .orElse("decimal");
                int number = counters[named] == NOT_STARTED ? start(list, definition, named) : counters[named];
                label.append(NumberFormat.format(number, legal && !format.equals("none") ? "decimal" : format));
            } else {
                label.append(SymbolFont.toUnicode(c, bulletFont(node)));
            }
        }
        if (label.isEmpty()) {
            return "";
        }
        return label
                + switch (node.valueAt("w:suff").orElse("tab")) {
                    case "nothing" -> "";
                    case "space" -> " ";
                    default -> "\t";
                };
    }

    private static String bulletFont(XmlNode level) {
        return level.at("w:rPr", "w:rFonts")
                .map(fonts -> fonts.attribute("w:ascii"))
                .orElse("");
    }

    private static int start(XmlNode list, Definition definition, int level) {
        return override(list, level)
                .flatMap(override -> override.child("w:startOverride"))
                .or(() -> levelOf(list, definition, level).flatMap(node -> node.child("w:start")))
                .flatMap(node -> node.number("w:val"))
                .orElse(0);
    }

    private static Optional<XmlNode> override(XmlNode list, int level) {
        return list.children("w:lvlOverride")
                .filter(override -> override.attribute("w:ilvl").equals(Integer.toString(level)))
                .findFirst();
    }

    private static Optional<XmlNode> levelOf(XmlNode list, Definition definition, int level) {
        return override(list, level)
                .flatMap(override -> override.child("w:lvl"))
                .or(() -> definition.level(level));
    }

    private record Definition(String id, XmlNode node) {
        Optional<XmlNode> level(int level) {
            return node.children("w:lvl")
                    .filter(candidate -> candidate.attribute("w:ilvl").equals(Integer.toString(level)))
                    .findFirst();
        }

        /** The level that a paragraph style is tied to. */
        Optional<Integer> levelOfStyle(String styleId) {
            return node.children("w:lvl")
                    .filter(candidate ->
                            candidate.valueAt("w:pStyle").orElse("").equals(styleId))
                    .findFirst()
                    .flatMap(level -> level.number("w:ilvl"));
        }
    }
}
