package io.lectern.ingest.extract.office;

import static org.assertj.core.api.Assertions.assertThat;

import io.lectern.ingest.document.Document;
import io.lectern.ingest.document.Finding;
import io.lectern.ingest.document.Finding.Kind;
import io.lectern.ingest.document.Locator;
import io.lectern.ingest.document.ReadingView;
import io.lectern.ingest.document.Span;
import io.lectern.ingest.document.TypedSpan;
import io.lectern.ingest.document.TypedSpan.Type;
import io.lectern.ingest.extract.DocumentReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DocxExtractorTest {
    private static final String NAMESPACES = " xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\""
            + " xmlns:mc=\"http://schemas.openxmlformats.org/markup-compatibility/2006\"";

    @TempDir
    Path folder;

    private Document fixture(String name) throws IOException {
        Path copy = folder.resolve(name);
        try (InputStream in = getClass().getResourceAsStream("/io/lectern/ingest/extract/" + name)) {
            Files.copy(in, copy);
        }
        return new DocumentReader().read(copy);
    }

    /** A document with this body and these further parts, by the kind of their relationship. */
    private Document document(String body, Map<String, String> parts) throws IOException {
        return new DocumentReader().read(file(body, parts));
    }

    private Document document(String body) throws IOException {
        return document(body, Map.of());
    }

    private Path file(String body, Map<String, String> parts) throws IOException {
        StringBuilder relationships = new StringBuilder();
        Map<String, String> entries = new LinkedHashMap<>();
        String types = "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">"
                + "<Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>"
                + "<Default Extension=\"xml\" ContentType=\"application/xml\"/></Types>";
        String head = "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">";
        String kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/";
        parts.forEach((part, xml) -> {
            entries.put("word/" + part + ".xml", xml);
            relationships.append("<Relationship Id=\"%s\" Type=\"%s%s\" Target=\"%s.xml\"/>"
                    .formatted(part, kind, part.replaceAll("\\d", ""), part));
        });
        entries.put("[Content_Types].xml", types);
        entries.put(
                "_rels/.rels",
                head + "<Relationship Id=\"d\" Type=\"" + kind + "officeDocument\" Target=\"word/document.xml\"/>"
                        + "</Relationships>");
        entries.put("word/_rels/document.xml.rels", head + relationships + "</Relationships>");
        entries.put("word/document.xml", part("document", "<w:body>" + body + "</w:body>"));
        Path file = folder.resolve("made.docx");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            for (Map.Entry<String, String> entry : entries.entrySet()) {
                zip.putNextEntry(new ZipEntry(entry.getKey()));
                zip.write(entry.getValue().getBytes(StandardCharsets.UTF_8));
            }
        }
        return file;
    }

    private static String part(String root, String content) {
        return "<w:" + root + NAMESPACES + ">" + content + "</w:" + root + ">";
    }

    private static String run(String text) {
        return "<w:r><w:t xml:space=\"preserve\">" + text + "</w:t></w:r>";
    }

    private static String paragraph(String... content) {
        return "<w:p>" + String.join("", content) + "</w:p>";
    }

    private static String item(int list, int level, String text) {
        return paragraph(
                "<w:pPr><w:numPr><w:ilvl w:val=\"" + level + "\"/><w:numId w:val=\"" + list + "\"/></w:numPr></w:pPr>",
                run(text));
    }

    private static List<String> typed(Document document, Type type) {
        return document.typedSpans().stream()
                .filter(typed -> typed.type() == type)
                .map(typed -> typed.span().of(document.text()))
                .toList();
    }

    private static List<Kind> kinds(Document document) {
        return document.findings().stream().map(Finding::kind).toList();
    }

    @Test
    void automaticNumbersAreThoseThatWordShows() throws IOException {
        Document document = fixture("numbered-list.docx");
        assertThat(document.text())
                .contains("1)\tThis\na)\tIs\ni)\tA multi\nii)\tLevel\n")
                .contains("iii)\tList\n2)\tfoo\ni)\tbar\nii)\tbaz\n")
                .contains("6.\tsix\n7.\tseven\na.\tseven a\ne.\tseven e\nf.\tseven f\n")
                .contains("Some-1-CrazyFormat\tGreek")
                .contains("1.\t1\n1.1.1.\t1.1.1\n1.1.\t1.2->1.1")
                .contains("1.2.\t1.3 -> 1.2\n2.\t2.\n2.1.\t2.1\n");
    }

    @Test
    void clauseNumbersCombineTheirLevelsAndRestart() throws IOException {
        String levels =
                level(0, "decimal", "%1.") + level(1, "decimal", "%1.%2") + level(2, "lowerLetter", "%1.%2(%3)");
        String numbering = part(
                "numbering",
                "<w:abstractNum w:abstractNumId=\"5\">" + levels + "</w:abstractNum>"
                        + "<w:num w:numId=\"1\"><w:abstractNumId w:val=\"5\"/></w:num>"
                        + "<w:num w:numId=\"2\"><w:abstractNumId w:val=\"5\"/><w:lvlOverride w:ilvl=\"0\">"
                        + "<w:startOverride w:val=\"1\"/></w:lvlOverride></w:num>");
        Document document = document(
                item(1, 0, "A")
                        + item(1, 1, "B")
                        + item(1, 2, "C")
                        + item(1, 2, "D")
                        + item(1, 1, "E")
                        + item(1, 2, "F")
                        + item(1, 0, "G")
                        + item(2, 0, "H")
                        + item(1, 0, "I"),
                Map.of("numbering", numbering));
        assertThat(document.text())
                .isEqualTo("1.\tA\n1.1\tB\n1.1(a)\tC\n1.1(b)\tD\n1.2\tE\n1.2(a)\tF\n2.\tG\n1.\tH\n2.\tI\n");
    }

    private static String level(int level, String format, String text) {
        return "<w:lvl w:ilvl=\"%d\"><w:start w:val=\"1\"/><w:numFmt w:val=\"%s\"/><w:lvlText w:val=\"%s\"/></w:lvl>"
                .formatted(level, format, text);
    }

    @Test
    void trackedChangesAreKeptApartWithAuthorAndDate() throws IOException {
        Document document = document(paragraph(
                run("Pay within "),
                "<w:del w:author=\"Ann\" w:date=\"2026-01-02T10:00:00Z\"><w:r><w:delText>ten</w:delText></w:r></w:del>",
                "<w:ins w:author=\"Bob\" w:date=\"2026-01-03T10:00:00Z\">" + run("twelve") + "</w:ins>",
                run(" days.")));
        assertThat(document.text()).isEqualTo("Pay within tentwelve days.\n");
        assertThat(document.typedSpans())
                .containsExactly(
                        new TypedSpan(new Span(11, 14), Type.DELETED_REVISION, "by Ann, 2026-01-02"),
                        new TypedSpan(new Span(14, 20), Type.INSERTED_REVISION, "by Bob, 2026-01-03"));
        assertThat(ReadingView.of(document).text()).isEqualTo("Pay within twelve days.\n");
        assertThat(kinds(document)).containsExactly(Kind.DELETED_REVISIONS);
        assertThat(document.findings().getFirst().message()).contains("Ann").doesNotContain("ten");
    }

    @Test
    void aDeletedParagraphMarkJoinsTheParagraphs() throws IOException {
        String mark = "<w:pPr><w:rPr><w:del w:author=\"Ann\"/></w:rPr></w:pPr>";
        Document document = document(paragraph(mark, run("one ")) + paragraph(run("two")));
        assertThat(ReadingView.of(document).text()).isEqualTo("one two\n");
    }

    @Test
    void movedTextStandsWhereItWasMovedTo() throws IOException {
        Document document =
                document(paragraph("<w:moveFrom w:author=\"Ann\">" + run("moved") + "</w:moveFrom>", run("a"))
                        + paragraph("<w:moveTo w:author=\"Ann\">" + run("moved") + "</w:moveTo>"));
        assertThat(ReadingView.of(document).text()).isEqualTo("a\nmoved\n");
    }

    @Test
    void aRealRedlineReadsAsItsFinalText() throws IOException {
        Document document = fixture("tracked-changes-01.docx");
        String view = ReadingView.of(document).text();
        assertThat(view).contains("Reference Chromatograms:\nConsider stage IV").doesNotContain("Chromatpgrams");
        assertThat(typed(document, Type.DELETED_REVISION)).contains("Chromatpgrams");
        assertThat(typed(document, Type.INSERTED_REVISION)).contains("Chromatograms");
        assertThat(view).contains("Sample preparation-2 |   1 | Sample analysis\n");
    }

    @Test
    void tablesAreReadByRowsAndCellsHaveAddresses() throws IOException {
        String row = "<w:tr><w:tc>%s</w:tc><w:tc>%s</w:tc></w:tr>";
        Document document = document(paragraph(run("Fees"))
                + "<w:tbl>"
                + row.formatted(paragraph(run("Item")), paragraph(run("Price")))
                + row.formatted(paragraph(run("Seat")), paragraph(run("10")))
                + "</w:tbl>");
        assertThat(document.text()).isEqualTo("Fees\nItem | Price\nSeat | 10\n");
        int price = document.text().indexOf("10");
        Locator place = document.locate(new Span(price, price + 2));
        assertThat(place).isEqualTo(new Locator.Paragraphs(5, 5, "table 1, row 2, cell 2"));
        assertThat(place.label()).isEqualTo("¶ 5 (table 1, row 2, cell 2)");
    }

    @Test
    void aRowWithoutContentLeavesNothingAndIsCounted() throws IOException {
        String row = "<w:tr><w:tc>%s</w:tc><w:tc>%s</w:tc></w:tr>";
        Document document = document(paragraph(run("Fees"))
                + "<w:tbl>"
                + row.formatted(paragraph(), paragraph())
                + row.formatted(paragraph(run("Seat")), paragraph())
                + "</w:tbl>");
        assertThat(document.text()).isEqualTo("Fees\nSeat | \n");
        assertThat(document.locate(new Span(5, 9))).isEqualTo(new Locator.Paragraphs(2, 2, "table 1, row 2, cell 1"));
        assertThat(document.locate(new Span(0, 9)).label()).isEqualTo("¶¶ 1–2 (body to table 1, row 2, cell 1)");
    }

    @Test
    void notesAndCommentsStandBehindTheirParagraph() throws IOException {
        Document document = document(
                paragraph(
                                run("Clause"),
                                "<w:r><w:footnoteReference w:id=\"7\"/></w:r>",
                                "<w:commentRangeStart w:id=\"0\"/>" + run(" is long")
                                        + "<w:commentRangeEnd w:id=\"0\"/>",
                                "<w:r><w:commentReference w:id=\"0\"/></w:r>")
                        + paragraph(run("Next")),
                Map.of(
                        "footnotes",
                        part("footnotes", "<w:footnote w:id=\"7\">" + paragraph(run("See 2.")) + "</w:footnote>"),
                        "comments",
                        part(
                                "comments",
                                "<w:comment w:id=\"0\" w:author=\"Ann\" w:date=\"2026-01-02T00:00:00Z\">"
                                        + paragraph(run("Shorten?")) + "</w:comment>")));
        assertThat(document.text()).isEqualTo("Clause[1] is long\nSee 2.\nShorten?\nNext\n");
        assertThat(ReadingView.of(document).text())
                .isEqualTo("Clause[1] is long\n[Footnote 1: See 2.]\n"
                        + "[Comment by Ann, 2026-01-02, on “is long”: Shorten?]\nNext\n");
        assertThat(document.locate(new Span(18, 21)).label()).isEqualTo("¶ 2 (footnote 1)");
        assertThat(document.locate(new Span(25, 28)).label()).isEqualTo("¶ 3 (comment on body)");
    }

    @Test
    void headersComeFirstFootersLast() throws IOException {
        Document document = fixture("header-footer.docx");
        assertThat(typed(document, Type.RUNNING_HEADER))
                .singleElement()
                .asString()
                .contains("simple header");
        assertThat(typed(document, Type.RUNNING_FOOTER))
                .singleElement()
                .asString()
                .contains("simple footer");
    }

    @Test
    void hiddenTextIsMarkedAlsoThroughItsStyle() throws IOException {
        String styles = part(
                "styles",
                "<w:style w:type=\"character\" w:styleId=\"Base\"><w:rPr><w:vanish/></w:rPr></w:style>"
                        + "<w:style w:type=\"character\" w:styleId=\"Secret\"><w:basedOn w:val=\"Base\"/></w:style>");
        Document document = document(
                paragraph(
                        run("seen "),
                        "<w:r><w:rPr><w:vanish/></w:rPr><w:t>hidden</w:t></w:r>",
                        "<w:r><w:rPr><w:vanish w:val=\"0\"/></w:rPr><w:t>open</w:t></w:r>",
                        "<w:r><w:rPr><w:rStyle w:val=\"Secret\"/></w:rPr><w:t>styled</w:t></w:r>"),
                Map.of("styles", styles));
        assertThat(typed(document, Type.HIDDEN_TEXT)).containsExactly("hidden", "styled");
        assertThat(ReadingView.of(document).text()).isEqualTo("seen open\n");
        assertThat(kinds(document)).containsExactly(Kind.HIDDEN_TEXT);
    }

    @Test
    void fieldsShowTheirResultsAndFormsTheirBoxes() throws IOException {
        String begin = "<w:r><w:fldChar w:fldCharType=\"begin\">%s</w:fldChar></w:r>";
        String separate = "<w:r><w:fldChar w:fldCharType=\"separate\"/></w:r>";
        String end = "<w:r><w:fldChar w:fldCharType=\"end\"/></w:r>";
        String checked = "<w:ffData><w:checkBox><w:default w:val=\"0\"/><w:checked/></w:checkBox></w:ffData>";
        Document document = document(paragraph(
                begin.formatted(""),
                "<w:r><w:instrText>REF clause</w:instrText></w:r>",
                separate,
                run("12.2"),
                end,
                begin.formatted(checked),
                end));
        assertThat(document.text()).isEqualTo("12.2☒\n");
        Document unbalanced = document(paragraph(begin.formatted(""), run("kept")));
        assertThat(unbalanced.text()).isEqualTo("kept\n");
    }

    @Test
    void specialCharactersAreReadAsWhatTheyShow() throws IOException {
        Document document = document(paragraph("<w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:noBreakHyphen/>"
                + "<w:t>con</w:t><w:softHyphen/><w:t>tract</w:t><w:sym w:font=\"Wingdings\" w:char=\"F0FE\"/></w:r>"));
        assertThat(document.text()).isEqualTo("a\tb\n\u2011con\u00ADtract☑\n");
        assertThat(ReadingView.of(document).text()).isEqualTo("a\tb\n\u2011contract☑\n");
    }

    @Test
    void textBoxesContentControlsAndAlternativesAreReadOnce() throws IOException {
        String box = "<w:txbxContent>" + paragraph(run("boxed")) + "</w:txbxContent>";
        Document document = document(paragraph(
                        run("around"),
                        "<w:r><mc:AlternateContent><mc:Choice Requires=\"wps\"><w:drawing>" + box
                                + "</w:drawing></mc:Choice><mc:Fallback><w:pict>" + box
                                + "</w:pict></mc:Fallback></mc:AlternateContent></w:r>")
                + "<w:sdt><w:sdtContent>" + paragraph(run("controlled")) + "</w:sdtContent></w:sdt>");
        assertThat(document.text()).isEqualTo("around\nboxed\ncontrolled\n");
        assertThat(document.locate(new Span(7, 12)).label()).isEqualTo("¶ 2 (text box)");
    }

    @Test
    void headingsAreFoundByStyleAndOutlineLevel() throws IOException {
        String styles = part(
                "styles", "<w:style w:type=\"paragraph\" w:styleId=\"H2\"><w:name w:val=\"heading 2\"/></w:style>");
        Document document = document(
                paragraph("<w:pPr><w:pStyle w:val=\"H2\"/></w:pPr>", run("Term"))
                        + paragraph("<w:pPr><w:outlineLvl w:val=\"0\"/></w:pPr>", run("Top"))
                        + paragraph(run("text")),
                Map.of("styles", styles));
        assertThat(document.typedSpans())
                .containsExactly(
                        new TypedSpan(new Span(0, 4), Type.HEADING, "level 2"),
                        new TypedSpan(new Span(5, 8), Type.HEADING, "level 1"));
    }

    @Test
    void aRealFormKeepsItsTablesNotesAndBoxes() throws IOException {
        Document document = fixture("form-footnotes.docx");
        assertThat(document.text()).contains("male   ☐     female  ☐").contains("Protocol number | Visa number");
        assertThat(typed(document, Type.FOOTNOTE)).hasSize(1);
    }

    @Test
    void whatIsNotReadIsSaid() throws IOException {
        Document document = document(
                paragraph(run("text"), "<w:r><w:object/></w:r>") + "<w:altChunk/>",
                Map.of("vbaProject", part("x", "")));
        assertThat(document.findings())
                .extracting(Finding::message)
                .anySatisfy(message ->
                        assertThat(message).contains("1 embedded object").contains("1 imported document"));
        assertThat(document.findings())
                .extracting(Finding::message)
                .anySatisfy(message -> assertThat(message).contains("macros"));
    }

    @Test
    void aDocumentWithoutTextIsEmpty() throws IOException {
        assertThat(kinds(document(paragraph()))).containsExactly(Kind.EMPTY);
    }

    @Test
    void aDocumentTypeDeclarationIsRefused() throws IOException {
        Path secret = Files.writeString(folder.resolve("secret.txt"), "outside");
        String xml = "<!DOCTYPE w:footnotes [<!ENTITY x SYSTEM \"" + secret.toUri() + "\">]>"
                + part("footnotes", "<w:footnote w:id=\"1\">" + paragraph(run("&x;")) + "</w:footnote>");
        Document document = document(
                paragraph(run("body"), "<w:r><w:footnoteReference w:id=\"1\"/></w:r>"), Map.of("footnotes", xml));
        assertThat(document.text()).isEqualTo("body\n").doesNotContain("outside");
        assertThat(kinds(document)).containsExactly(Kind.DAMAGED);
    }

    @Test
    void textBeforeTheDamageIsKeptAndSaid() throws IOException {
        Document document = document(paragraph(run("before")) + "<w:p><w:r><w:t>cut</w:x>");
        assertThat(document.text()).startsWith("before\n");
        assertThat(kinds(document)).containsExactly(Kind.DAMAGED);
        assertThat(document.findings().getFirst().message()).contains("/word/document.xml");
    }

    @Test
    void aFlippedBitIsNoticed() throws IOException {
        Path file = file(paragraph(run("The fee is 1000 euros, due in thirty days.")), Map.of());
        byte[] bytes = Files.readAllBytes(file);
        int entry = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("word/document.xml") + 60;
        bytes[entry] ^= 0x10;
        Files.write(file, bytes);
        assertThat(kinds(new DocumentReader().read(file))).contains(Kind.DAMAGED);
    }

    @Test
    void aZipBombIsRefused() throws IOException {
        Document document = document(paragraph(run("a".repeat(30_000_000))));
        assertThat(document.isReadable()).isFalse();
        assertThat(kinds(document)).containsExactly(Kind.TOO_BIG);
    }

    @Test
    void nestingWithoutEndIsDamage() throws IOException {
        Document document = document("<w:sdt>".repeat(100_000));
        assertThat(kinds(document)).contains(Kind.DAMAGED);
    }
}
