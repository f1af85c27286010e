package io.lectern.ingest.extract.office;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The styles of a Word document, as far as reading needs them: what they are based on and what they say. */
final class WordStyles {
    private static final Pattern HEADING = Pattern.compile("heading ([1-9])");
    /** No style is based on more others than this; a circle of styles ends here. */
    private static final int LONGEST_CHAIN = 30;

    private final Map<String, XmlNode> byId = new HashMap<>();
    private final String defaultParagraphStyle;

    WordStyles(XmlNode styles) {
        String defaultStyle = "";
        for (XmlNode style : styles.children("w:style").toList()) {
            byId.put(style.attribute("w:styleId"), style);
            boolean isDefault = List.of("1", "true", "on").contains(style.attribute("w:default"));
            if (isDefault && style.attribute("w:type").equals("paragraph")) {
                defaultStyle = style.attribute("w:styleId");
            }
        }
        defaultParagraphStyle = defaultStyle;
    }

    /** The style that a paragraph's properties name, or the default one. */
    String paragraphStyle(Optional<XmlNode> properties) {
        return properties.flatMap(node -> node.valueAt("w:pStyle")).orElse(defaultParagraphStyle);
    }

    /** What the nearest style in the chain from {@code styleId} to its bases says. */
    <T> Optional<T> inherited(String styleId, Function<XmlNode, Optional<T>> property) {
        return chain(styleId).stream().map(property).flatMap(Optional::stream).findFirst();
    }

    private List<XmlNode> chain(String styleId) {
        List<XmlNode> chain = new ArrayList<>();
        XmlNode style = byId.get(styleId);
        while (style != null && chain.size() < LONGEST_CHAIN) {
            chain.add(style);
            style = style.valueAt("w:basedOn").map(byId::get).orElse(null);
        }
        return chain;
    }

    /** The level of a heading, counted from 1; a title's is 1 as well. Empty for ordinary paragraphs. */
    Optional<Integer> headingLevel(Optional<XmlNode> properties) {
        String styleId = paragraphStyle(properties);
        Optional<Integer> level = properties
                .flatMap(WordStyles::outlineLevel)
                .or(() -> inherited(styleId, style -> style.child("w:pPr").flatMap(WordStyles::outlineLevel)));
        if (level.isPresent()) {
            return level.filter(outline -> outline < 9).map(outline -> outline + 1);
        }
        return inherited(styleId, WordStyles::levelByName);
    }

    private static Optional<Integer> outlineLevel(XmlNode properties) {
        return properties.child("w:outlineLvl").flatMap(level -> level.number("w:val"));
    }

    private static Optional<Integer> levelByName(XmlNode style) {
        String name = style.valueAt("w:name").orElse("").toLowerCase(Locale.ROOT);
        Matcher heading = HEADING.matcher(name);
        if (heading.matches()) {
            return Optional.of(Integer.parseInt(heading.group(1)));
        }
        return name.equals("title") ? Optional.of(1) : Optional.empty();
    }

    /** Whether a run's letters do not show: Word's "hidden" font effect, by itself or through its styles. */
    boolean isHidden(Optional<XmlNode> runProperties, String paragraphStyle) {
        return runProperties
                .flatMap(properties -> properties.toggle("w:vanish"))
                .or(() -> runProperties
                        .flatMap(properties -> properties.valueAt("w:rStyle"))
                        .flatMap(this::vanishOf))
                .or(() -> vanishOf(paragraphStyle))
                .orElse(false);
    }

    private Optional<Boolean> vanishOf(String styleId) {
        return inherited(styleId, style -> style.child("w:rPr").flatMap(run -> run.toggle("w:vanish")));
    }

    /** The list that a numbering style stands for. */
    Optional<String> listOfStyle(String styleId) {
        return inherited(styleId, style -> style.at("w:pPr", "w:numPr").flatMap(list -> list.valueAt("w:numId")));
    }
}
