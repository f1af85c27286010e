package io.lectern.ingest.extract.office;

import io.lectern.ingest.document.TypedSpan.Type;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Walks a Word document in reading order and writes its text: running headers first, then the body, then running footers;
 * notes, comments and text boxes behind the paragraph or table that they hang on.
 *
 * <p>What is added to the document's own characters: automatic numbers, {@code " | "} between the cells of a table's row,
 * {@code "[4]"} where a note is referred to, and check boxes of form fields.
 */
final class WordReader {
    private static final String BODY = "body";
    /** Letters no larger than this, in half points, are not there to be read. */
    private static final int TINY = 4;
    /** How much of the words that a comment is about is named in its note. */
    private static final int ANCHOR = 80;

    /**
     * What holds for everything inside an element.
     *
     * @param part what is counted by itself: the body, all footnotes, all comments …
     * @param place see {@link io.lectern.ingest.document.ParagraphLayout.Paragraph#place()}
     * @param deleted who took it out and when; null if nobody did
     * @param inserted who put it in and when; null if nobody did
     */
    private record Context(String part, String place, String deleted, String inserted) {
        static Context in(String part) {
            return new Context(part, part, null, null);
        }

        Context at(String newPlace) {
            return new Context(part, newPlace, deleted, inserted);
        }

        Context in(String newPart, String newPlace) {
            return new Context(newPart, newPlace, deleted, inserted);
        }

        Context deletedBy(String who) {
            return new Context(part, place, deleted == null ? who : deleted, inserted);
        }

        Context insertedBy(String who) {
            return new Context(part, place, deleted, who);
        }
    }

    /** Something that hangs on a paragraph and is read behind it. */
    private record Attached(Context context, List<XmlNode> blocks, Type type, String note) {}

    private final WordPackage word;
    private final WordStyles styles;
    private final XmlNode numberingPart;
    private final Map<String, WordNumbering> numberings = new HashMap<>();
    private final WordText out = new WordText();
    private final Map<String, XmlNode> footnotes;
    private final Map<String, XmlNode> endnotes;
    private final Map<String, XmlNode> comments;
    private final Map<String, Integer> commentStarts = new HashMap<>();
    private final Map<String, String> commentAnchors = new HashMap<>();
    private final List<Attached> attached = new ArrayList<>();
    private final Unread unread = new Unread();

    private int footnoteCount;
    private int endnoteCount;
    private int tableCount;
    private boolean inTable;
    private boolean mergesIntoNext;
    /** Open fields of the story: whether each is still in its instruction, which does not show. */
    private final Deque<Boolean> fields = new ArrayDeque<>();

    private boolean fieldsAreBalanced;

    WordReader(WordPackage word) {
        this.word = word;
        styles = new WordStyles(word.related("styles"));
        numberingPart = word.related("numbering");
        footnotes = byId(word.related("footnotes"), "w:footnote");
        endnotes = byId(word.related("endnotes"), "w:endnote");
        comments = byId(word.related("comments"), "w:comment");
    }

    private static Map<String, XmlNode> byId(XmlNode part, String element) {
        Map<String, XmlNode> found = new HashMap<>();
        part.children(element).forEach(node -> found.put(node.attribute("w:id"), node));
        return found;
    }

    /** What is in the document and not in the text. */
    static final class Unread {
        int pictures;
        int embedded;
        int drawings;
        int imported;
        int formulas;
    }

    Unread unread() {
        return unread;
    }

    /** Reads all of it. */
    WordText read() {
        for (XmlNode header : word.allRelated("header")) {
            running(header, "header", Type.RUNNING_HEADER);
        }
        XmlNode document = word.document();
        story(document.child("w:body").map(XmlNode::children).orElse(List.of()), Context.in(BODY));
        for (XmlNode footer : word.allRelated("footer")) {
            running(footer, "footer", Type.RUNNING_FOOTER);
        }
        return out;
    }

    private void running(XmlNode part, String place, Type type) {
        for (XmlNode block : part.children()) {
            int start = out.length();
            story(List.of(block), Context.in(place));
            typeWords(start, type, "");
        }
    }

    private void typeWords(int start, Type type, String note) {
        if (!out.isBlankFrom(start)) {
            out.type(start, type, note);
        }
    }

    /** A sequence of blocks with fields of its own. */
    private void story(List<XmlNode> blocks, Context context) {
        Deque<Boolean> outerFields = new ArrayDeque<>(fields);
        boolean outerBalance = fieldsAreBalanced;
        fields.clear();
        fieldsAreBalanced = isBalanced(blocks);
        blocks.forEach(block -> block(block, context));
        flushAttached();
        fields.clear();
        fields.addAll(outerFields);
        fieldsAreBalanced = outerBalance;
    }

    /** In a damaged document a field may never end; its "instruction" must not swallow the rest. */
    private static boolean isBalanced(List<XmlNode> blocks) {
        int[] open = {0};
        boolean[] ok = {true};
        blocks.stream()
                .flatMap(XmlNode::all)
                .filter(node -> node.is("w:fldChar"))
                .forEach(node -> {
                    switch (node.attribute("w:fldCharType")) {
                        case "begin" -> open[0]++;
                        case "end" -> ok[0] &= --open[0] >= 0;
                        default -> {}
                    }
                });
        return ok[0] && open[0] == 0;
    }

    private void block(XmlNode node, Context context) {
        switch (node.name()) {
            case "w:p" -> paragraph(node, context);
            case "w:tbl" -> table(node, context);
            case "w:altChunk" -> unread.imported++;
            case "mc:AlternateContent" -> chosen(node).forEach(child -> block(child, context));
            case "w:ins", "w:moveTo" ->
                node.children().forEach(child -> block(child, context.insertedBy(author(node))));
            case "w:del", "w:moveFrom" ->
                node.children().forEach(child -> block(child, context.deletedBy(author(node))));
            case "w:sdt" ->
                node.child("w:sdtContent")
                        .ifPresent(content -> content.children().forEach(child -> block(child, context)));
            case "w:sdtContent", "w:customXml", "w:smartTag" -> node.children().forEach(child -> block(child, context));
            default -> {}
        }
    }

    private void paragraph(XmlNode node, Context context) {
        Optional<XmlNode> properties = node.child("w:pPr");
        Optional<XmlNode> markDeleted = properties
                .flatMap(found -> found.child("w:rPr"))
                .flatMap(mark -> mark.child("w:del").or(() -> mark.child("w:moveFrom")));
        boolean goesOn = mergesIntoNext;
        mergesIntoNext = markDeleted.isPresent() || context.deleted() != null;
        if (!goesOn) {
            out.startParagraph(context.place());
        }
        int start = out.length();
        boolean gone = mergesIntoNext && !hasLiveText(node);
        if (!goesOn && !gone) {
            out.append(number(properties, context));
        }
        String style = styles.paragraphStyle(properties);
        node.children().forEach(child -> inline(child, context, style));
        if (!out.isBlankFrom(start)) {
            styles.headingLevel(properties).ifPresent(level -> out.type(start, Type.HEADING, "level " + level));
        }
        int end = out.length();
        out.append("\n");
        markDeleted.ifPresent(mark -> out.type(end, Type.DELETED_REVISION, author(mark)));
        if (context.deleted() != null) {
            out.type(end, Type.DELETED_REVISION, context.deleted());
        }
        if (!inTable && !mergesIntoNext) {
            flushAttached();
        }
    }

    private String number(Optional<XmlNode> properties, Context context) {
        return numberings
                .computeIfAbsent(context.part(), part -> new WordNumbering(numberingPart, styles))
                .next(properties);
    }

    private static boolean hasLiveText(XmlNode node) {
        if (node.is("w:del") || node.is("w:moveFrom")) {
            return false;
        }
        return (node.is("w:t") && !node.text().isEmpty())
                || node.is("w:tab")
                || node.children().stream().anyMatch(child -> !child.is("w:pPr") && hasLiveText(child));
    }

    private void table(XmlNode table, Context context) {
        boolean outer = inTable;
        int number = ++tableCount;
        inTable = true;
        int rowNumber = 0;
        for (XmlNode row : parts(table, "w:tr")) {
            rowNumber++;
            row(row, context, "table " + number + ", row " + rowNumber);
        }
        inTable = outer;
        if (!inTable) {
            flushAttached();
        }
    }

    /** A row of a table on one line, its cells apart; one without any content leaves nothing. */
    private void row(XmlNode row, Context context, String place) {
        if (parts(row, "w:tc").stream().noneMatch(WordReader::hasContent)) {
            return;
        }
        Context inRow = row.at("w:trPr", "w:del")
                .map(mark -> context.deletedBy(author(mark)))
                .or(() -> row.at("w:trPr", "w:ins").map(mark -> context.insertedBy(author(mark))))
                .orElse(context);
        int rowStart = out.length();
        int cellNumber = 0;
        for (XmlNode cell : parts(row, "w:tc")) {
            cellNumber++;
            if (cellNumber > 1) {
                append(" | ", inRow, false);
            }
            Context inCell = inRow.at(
                    context.place().equals(BODY)
                            ? place + ", cell " + cellNumber
                            : context.place() + ", " + place + ", cell " + cellNumber);
            cell(
                    cell,
                    cell.at("w:tcPr", "w:cellDel")
                            .map(mark -> inCell.deletedBy(author(mark)))
                            .orElse(inCell));
        }
        if (out.length() > rowStart) {
            append("\n", inRow, false);
        }
        mergesIntoNext = false;
    }

    /** The paragraphs of a cell, those without words left out, with line breaks between them and none at the end. */
    private void cell(XmlNode cell, Context context) {
        boolean first = true;
        for (XmlNode block : cell.children()) {
            if (block.is("w:tcPr") || !hasContent(block)) {
                continue;
            }
            if (!first) {
                append("\n", context, false);
            }
            first = false;
            mergesIntoNext = false;
            if (block.is("w:p")) {
                out.startParagraph(context.place());
                cellParagraph(block, context);
            } else {
                block(block, context);
            }
        }
    }

    private void cellParagraph(XmlNode node, Context context) {
        Optional<XmlNode> properties = node.child("w:pPr");
        if (hasLiveText(node)) {
            out.append(number(properties, context));
        }
        String style = styles.paragraphStyle(properties);
        node.children().forEach(child -> inline(child, context, style));
    }

    private static boolean hasContent(XmlNode block) {
        return block.all()
                .anyMatch(node -> Set.of(
                                "w:t",
                                "w:delText",
                                "w:sym",
                                "m:t",
                                "w:drawing",
                                "w:pict",
                                "w:object",
                                "w:fldChar",
                                "w:commentReference",
                                "w:footnoteReference",
                                "w:endnoteReference",
                                "w:altChunk")
                        .contains(node.name()));
    }

    /** Rows of a table or cells of a row, also inside content controls and the like. */
    private static List<XmlNode> parts(XmlNode node, String name) {
        List<XmlNode> found = new ArrayList<>();
        for (XmlNode child : node.children()) {
            if (child.is(name)) {
                found.add(child);
            } else if (Set.of("w:sdt", "w:sdtContent", "w:customXml", "w:ins", "w:del")
                    .contains(child.name())) {
                found.addAll(parts(child, name));
            }
        }
        return found;
    }

    private void inline(XmlNode node, Context context, String style) {
        switch (node.name()) {
            case "w:r" -> run(node, context, style);
            case "w:ins", "w:moveTo" ->
                node.children().forEach(child -> inline(child, context.insertedBy(author(node)), style));
            case "w:del", "w:moveFrom" ->
                node.children().forEach(child -> inline(child, context.deletedBy(author(node)), style));
            case "w:commentRangeStart" -> commentStarts.put(node.attribute("w:id"), out.length());
            case "w:commentRangeEnd" -> anchor(node.attribute("w:id"));
            case "w:pPr", "w:rPr", "w:sdtPr", "w:sdtEndPr", "w:smartTagPr", "w:customXmlPr", "w:proofErr" -> {}
            case "mc:AlternateContent" -> chosen(node).forEach(child -> inline(child, context, style));
            case "m:oMath" -> {
                unread.formulas++;
                node.children().forEach(child -> inline(child, context, style));
            }
            case "m:t" -> append(node.text(), context, false);
            default -> node.children().forEach(child -> inline(child, context, style));
        }
    }

    private void run(XmlNode run, Context context, String style) {
        Optional<XmlNode> properties = run.child("w:rPr");
        boolean tiny = properties
                .flatMap(found -> found.child("w:sz"))
                .flatMap(size -> size.number("w:val"))
                .filter(size -> size <= TINY)
                .isPresent();
        boolean hidden = tiny || styles.isHidden(properties, style);
        run.children().forEach(child -> runContent(child, context, hidden, style));
    }

    private void runContent(XmlNode node, Context context, boolean hidden, String style) {
        if (node.is("w:fldChar")) {
            field(node, context, hidden);
            return;
        }
        if (fieldsAreBalanced && fields.contains(true)) {
            return;
        }
        switch (node.name()) {
            case "w:t", "w:delText", "m:t" -> append(node.text(), context, hidden);
            case "w:tab", "w:ptab" -> append("\t", context, hidden);
            case "w:br", "w:cr" -> append("\n", context, hidden);
            case "w:noBreakHyphen" -> append("\u2011", context, hidden);
            case "w:softHyphen" -> {
                int start = out.length();
                append("\u00AD", context, hidden);
                out.type(start, Type.LINE_END_HYPHEN, "optional hyphen");
            }
            case "w:sym" -> append(symbol(node), context, hidden);
            case "w:footnoteReference" -> note(node, footnotes, "footnote", context, hidden);
            case "w:endnoteReference" -> note(node, endnotes, "endnote", context, hidden);
            case "w:commentReference" -> comment(node.attribute("w:id"), context);
            case "w:ruby" -> ruby(node, context, style);
            case "mc:AlternateContent" -> chosen(node).forEach(child -> runContent(child, context, hidden, style));
            case "w:drawing", "w:pict", "w:object" -> drawing(node, context);
            default -> {}
        }
    }

    private void append(String characters, Context context, boolean hidden) {
        int start = out.length();
        out.append(characters);
        if (context.deleted() != null) {
            out.type(start, Type.DELETED_REVISION, context.deleted());
        } else if (context.inserted() != null) {
            out.type(start, Type.INSERTED_REVISION, context.inserted());
        }
        if (hidden) {
            out.type(start, Type.HIDDEN_TEXT, "hidden by its font");
        }
    }

    private void field(XmlNode node, Context context, boolean hidden) {
        switch (node.attribute("w:fldCharType")) {
            case "begin" -> {
                node.child("w:ffData")
                        .flatMap(data -> data.child("w:checkBox"))
                        .ifPresent(box -> append(isChecked(box) ? "☒" : "☐", context, hidden));
                node.child("w:ffData")
                        .flatMap(data -> data.child("w:ddList"))
                        .ifPresent(choices -> append(chosenEntry(choices), context, hidden));
                fields.push(true);
            }
            case "separate" -> {
                if (!fields.isEmpty()) {
                    fields.pop();
                    fields.push(false);
                }
            }
            case "end" -> fields.poll();
            default -> {}
        }
    }

    private static boolean isChecked(XmlNode box) {
        return box.toggle("w:checked").or(() -> box.toggle("w:default")).orElse(false);
    }

    private static String chosenEntry(XmlNode choices) {
        int index = choices.child("w:result")
                .or(() -> choices.child("w:default"))
                .flatMap(result -> result.number("w:val"))
                .orElse(0);
        List<XmlNode> entries = choices.children("w:listEntry").toList();
        return index >= 0 && index < entries.size() ? entries.get(index).value() : "";
    }

    private static String symbol(XmlNode node) {
        try {
            char code = (char) Integer.parseInt(node.attribute("w:char"), 16);
            return SymbolFont.toUnicode(code, node.attribute("w:font"));
        } catch (NumberFormatException e) {
            return "\uFFFD";
        }
    }

    private void ruby(XmlNode node, Context context, String style) {
        node.child("w:rubyBase").ifPresent(base -> base.children().forEach(run -> inline(run, context, style)));
        append("(", context, false);
        node.child("w:rt").ifPresent(reading -> reading.children().forEach(run -> inline(run, context, style)));
        append(")", context, false);
    }

    private void note(XmlNode reference, Map<String, XmlNode> notes, String kind, Context context, boolean hidden) {
        XmlNode note = notes.get(reference.attribute("w:id"));
        if (note == null) {
            return;
        }
        String number = kind.equals("footnote")
                ? Integer.toString(++footnoteCount)
                : NumberFormat.format(++endnoteCount, "lowerRoman");
        String name = kind + " " + number;
        append("[" + number + "]", context, hidden);
        attached.add(new Attached(context.in(kind, name), note.children(), Type.FOOTNOTE, name));
    }

    private void anchor(String id) {
        Integer start = commentStarts.get(id);
        if (start != null) {
            String words = out.from(start).strip().replaceAll("\\s+", " ");
            commentAnchors.put(id, words.length() <= ANCHOR ? words : words.substring(0, ANCHOR) + "…");
        }
    }

    private void comment(String id, Context context) {
        XmlNode comment = comments.remove(id);
        if (comment == null) {
            return;
        }
        String words = commentAnchors.getOrDefault(id, "");
        String note = author(comment) + (words.isEmpty() ? "" : ", on “" + words + "”");
        Context place = Context.in("comment").at("comment on " + context.place());
        attached.add(new Attached(place, comment.children(), Type.COMMENT, note));
    }

    private static String author(XmlNode mark) {
        String author = mark.attribute("w:author");
        String date = mark.attribute("w:date");
        String day = date.length() >= 10 ? date.substring(0, 10) : date;
        return "by " + (author.isBlank() ? "unknown" : author) + (day.isEmpty() ? "" : ", " + day);
    }

    /** Text boxes are read behind their paragraph; what else is drawn is only counted. */
    private void drawing(XmlNode drawing, Context context) {
        List<XmlNode> boxes = new ArrayList<>();
        collectDrawn(drawing, boxes);
        for (XmlNode box : boxes) {
            attached.add(new Attached(context.in("text box", "text box"), box.children(), null, ""));
        }
        if (drawing.is("w:object")) {
            unread.embedded++;
        }
    }

    private void collectDrawn(XmlNode node, List<XmlNode> boxes) {
        switch (node.name()) {
            case "w:txbxContent" -> boxes.add(node);
            case "a:blip", "v:imagedata" -> unread.pictures++;
            case "c:chart", "dgm:relIds" -> unread.drawings++;
            case "mc:AlternateContent" -> chosen(node).forEach(child -> collectDrawn(child, boxes));
            default -> node.children().forEach(child -> collectDrawn(child, boxes));
        }
    }

    /** The first choice says the same as the fallback, in newer terms; reading both would read it twice. */
    private static List<XmlNode> chosen(XmlNode alternatives) {
        return alternatives
                .child("mc:Choice")
                .or(() -> alternatives.child("mc:Fallback"))
                .map(XmlNode::children)
                .orElse(List.of());
    }

    private void flushAttached() {
        boolean outerTable = inTable;
        inTable = false;
        while (!attached.isEmpty()) {
            List<Attached> waiting = List.copyOf(attached);
            attached.clear();
            for (Attached each : waiting) {
                mergesIntoNext = false;
                int start = out.length();
                story(each.blocks(), each.context());
                if (each.type() != null) {
                    typeWords(start, each.type(), each.note());
                }
                mergesIntoNext = false;
            }
        }
        inTable = outerTable;
    }
}
