package io.lectern.ingest.document;

import static org.assertj.core.api.Assertions.assertThat;

import io.lectern.ingest.document.TypedSpan.Type;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class ReadingViewTest {
    private static final DocumentId ID = new DocumentId("0".repeat(64));

    /** A document in which {@code «type:words»} stands for a typed span over the words. */
    private static Document document(DocumentFormat format, String marked) {
        StringBuilder text = new StringBuilder();
        List<TypedSpan> typed = new ArrayList<>();
        int at = 0;
        while (at < marked.length()) {
            char c = marked.charAt(at);
            if (c == '«') {
                int colon = marked.indexOf(':', at);
                int end = marked.indexOf('»', at);
                String[] type = marked.substring(at + 1, colon).split("/");
                int start = text.length();
                text.append(marked, colon + 1, end);
                typed.add(new TypedSpan(
                        new Span(start, text.length()), Type.valueOf(type[0]), type.length > 1 ? type[1] : ""));
                at = end + 1;
            } else {
                text.append(c);
                at++;
            }
        }
        String whole = text.toString();
        return new Document(ID, format, whole, List.of(), LineLayout.of(whole), typed, List.of());
    }

    private static String view(String marked) {
        return ReadingView.of(document(DocumentFormat.PDF, marked)).text();
    }

    @Test
    void runningLinesStandOnceAndPageNumbersNotAtAll() {
        String view = view("«RUNNING_HEADER:Acme – Draft 3»\nFirst page\n«RUNNING_FOOTER:Page 1 of 2»\n"
                + "«RUNNING_HEADER:Acme – Draft 3»\nsecond page\n«RUNNING_FOOTER:- 2 -»\n");
        assertThat(view).isEqualTo("Acme – Draft 3\nFirst page\nsecond page\n");
    }

    @Test
    void footersThatDifferOnlyInTheirPageNumberAreRepeats() {
        String view = view("one\n«RUNNING_FOOTER:Confidential, page 1»\ntwo\n«RUNNING_FOOTER:Confidential, page 2»\n");
        assertThat(view).isEqualTo("one\nConfidential, page 1\ntwo\n");
    }

    @Test
    void spacesOfOtherKindsArePlainExceptInCode() {
        String text = "a\u00A0Nevada\u202Fcorporation";
        MappedText view = ReadingView.of(document(DocumentFormat.PDF, text));
        assertThat(view.text()).isEqualTo("a Nevada corporation");
        assertThat(view.toSource(new Span(2, 8)).of(text)).isEqualTo("Nevada");
        assertThat(view.fromSource(new Span(2, 20))).isEqualTo(new Span(2, 20));
        assertThat(ReadingView.of(document(DocumentFormat.CODE, text)).text()).isEqualTo(text);
    }

    @Test
    void brokenWordsAreJoinedAlsoAcrossAPageBorder() {
        assertThat(view("the consi«LINE_END_HYPHEN:-\n»deration")).isEqualTo("the consideration");
        assertThat(
                        view(
                                "«RUNNING_HEADER:Head»\nthe consi«LINE_END_HYPHEN:-\n»«RUNNING_FOOTER:2»\n«RUNNING_HEADER:Head»\nderation"))
                .isEqualTo("Head\nthe consideration");
    }

    @Test
    void aBrokenWordIsNotJoinedWithARunningLineThatStays() {
        assertThat(view("consi«LINE_END_HYPHEN:-\n»«RUNNING_FOOTER:Acme»\nderation"))
                .isEqualTo("consi-\nAcme\nderation");
    }

    @Test
    void deletedAndHiddenTextIsLeftOutInsertedTextStays() {
        assertThat(view("pay «DELETED_REVISION:ten»«INSERTED_REVISION:twelve» days«HIDDEN_TEXT: ignore this»."))
                .isEqualTo("pay twelve days.");
    }

    @Test
    void commentsAndNumberedNotesAreNamed() {
        assertThat(
                        view(
                                "Clause.[1]\n«FOOTNOTE/footnote 1:See Schedule 2.\n»«COMMENT/by Ann, 2026-01-02:Too long?\n»End"))
                .isEqualTo("Clause.[1]\n[Footnote 1: See Schedule 2.]\n[Comment by Ann, 2026-01-02: Too long?]\nEnd");
    }

    @Test
    void aDeletedCommentLeavesNoEmptyBrackets() {
        Document document = new Document(
                ID,
                DocumentFormat.DOCX,
                "a gone b",
                List.of(),
                LineLayout.of("a gone b"),
                List.of(
                        new TypedSpan(new Span(2, 6), Type.COMMENT, "by Ann"),
                        new TypedSpan(new Span(2, 6), Type.DELETED_REVISION, "by Bob")),
                List.of());
        assertThat(ReadingView.of(document).text()).isEqualTo("a  b");
    }

    @Test
    void runsOfBlankLinesBecomeOneExceptInCode() {
        String text = "a\n \n\n\n   b\r\n\r\n\r\nc\n\n\n";
        assertThat(view(text)).isEqualTo("a\n \n   b\r\n\r\nc\n\n");
        assertThat(ReadingView.of(document(DocumentFormat.CODE, text)).text()).isEqualTo(text);
    }

    @Property
    void everyCharacterThatIsShownLeadsBackToItself(
            @ForAll
                    @StringLength(max = 60)
                    @Chars({'-', ' ', '\n', '\r', '\f', '1', 'é'})
                    @CharRange(from = 'a', to = 'd')
                    String text,
            @ForAll @Size(max = 6) List<@IntRange(max = 1000) Integer> numbers) {
        List<TypedSpan> typed = new ArrayList<>();
        for (int number : numbers) {
            int start = text.isEmpty() ? 0 : number % text.length();
            int end = Math.min(text.length(), start + number % 7);
            if (end > start) {
                typed.add(new TypedSpan(
                        new Span(start, end),
                        Type.values()[number % Type.values().length],
                        number % 2 == 0 ? "note" : ""));
            }
        }
        typed.sort(java.util.Comparator.comparingInt(each -> each.span().start()));
        MappedText view = ReadingView.of(
                new Document(ID, DocumentFormat.PDF, text, List.of(), LineLayout.of(text), typed, List.of()));
        int before = -1;
        for (int i = 0; i < view.length(); i++) {
            Span origin = view.toSource(new Span(i, i + 1));
            if (!origin.isEmpty()) {
                assertThat(origin.of(text)).isEqualTo(view.text().substring(i, i + 1));
                assertThat(origin.start()).isGreaterThan(before);
                before = origin.start();
            }
        }
    }
}
