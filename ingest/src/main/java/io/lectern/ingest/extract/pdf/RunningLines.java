package io.lectern.ingest.extract.pdf;

import io.lectern.ingest.document.TypedSpan;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds running headers and footers. A line is one if, at the head or foot of the page and at the same height, the same
 * words stand on at least three pages that follow one another (with at most one page between them, for books whose left
 * and right pages differ), and if nothing but other running lines stands between it and the edge of the page. Numbers may
 * differ if each of them grows with the page. So documents of one or two pages have none, and a sentence that happens to
 * stand first on a page is never taken for one.
 */
final class RunningLines {
    private static final int LEAST_PAGES = 3;
    private static final int FARTHEST_PAGE = 2;
    /** Less is a bullet or an ornament. */
    private static final int LEAST_LETTERS = 3;

    /** Lines of one series stand at the same height within this many points. */
    private static final float SAME_HEIGHT = 4;
    /** Headers and footers keep within this share of the page's height. */
    private static final float MARGIN = 0.14f;

    private static final Pattern NUMBER = Pattern.compile("\\d{1,9}");
    private static final Pattern ROMAN_PAGE = Pattern.compile("\\W*([ivxlc]{1,8}|[IVXLC]{1,8})\\W*");

    private RunningLines() {}

    /** A page's lines with the height of the page. */
    record PageLines(float height, List<TextLine> lines) {}

    /** A line at the head or foot of a page. */
    private record Candidate(int page, int line, float baseline, long[] numbers) {}

    /**
     * Classifies the lines of a document.
     *
     * @return for each page and line RUNNING_HEADER, RUNNING_FOOTER or null
     */
    static TypedSpan.Type[][] classify(List<PageLines> pages) {
        TypedSpan.Type[][] types = new TypedSpan.Type[pages.size()][];
        for (int page = 0; page < types.length; page++) {
            types[page] = new TypedSpan.Type[pages.get(page).lines().size()];
        }
        mark(pages, types, TypedSpan.Type.RUNNING_HEADER);
        mark(pages, types, TypedSpan.Type.RUNNING_FOOTER);
        return types;
    }

    private static void mark(List<PageLines> pages, TypedSpan.Type[][] types, TypedSpan.Type type) {
        boolean header = type == TypedSpan.Type.RUNNING_HEADER;
        Map<String, List<List<Candidate>>> series = new HashMap<>();
        for (int page = 0; page < pages.size(); page++) {
            List<TextLine> lines = pages.get(page).lines();
            for (int line = 0; line < lines.size(); line++) {
                if (types[page][line] == null
                        && isInMargin(lines.get(line), pages.get(page).height(), header)) {
                    join(series, page, line, lines.get(line));
                }
            }
        }
        for (List<List<Candidate>> ofOneText : series.values()) {
            for (List<Candidate> one : ofOneText) {
                if (one.size() >= LEAST_PAGES) {
                    one.forEach(candidate -> types[candidate.page()][candidate.line()] = type);
                }
            }
        }
        for (int page = 0; page < pages.size(); page++) {
            keepOutermost(pages.get(page), types[page], type);
        }
    }

    private static boolean isInMargin(TextLine line, float height, boolean header) {
        return line.direction() == Direction.RIGHTWARDS
                && (header ? line.bottom() < MARGIN * height : line.top() > (1 - MARGIN) * height);
    }

    private static void join(Map<String, List<List<Candidate>>> series, int page, int line, TextLine text) {
        List<Long> numbers = new ArrayList<>();
        String pattern = pattern(text.text(), numbers);
        if (numbers.isEmpty()
                && pattern.codePoints().filter(Character::isLetter).count() < LEAST_LETTERS) {
            return;
        }
        Candidate candidate = new Candidate(
                page,
                line,
                text.baseline(),
                numbers.stream().mapToLong(Long::longValue).toArray());
        List<List<Candidate>> ofOneText = series.computeIfAbsent(pattern, key -> new ArrayList<>());
        for (List<Candidate> one : ofOneText.reversed()) {
            if (continues(one.getLast(), candidate)) {
                one.add(candidate);
                return;
            }
        }
        ofOneText.add(new ArrayList<>(List.of(candidate)));
    }

    private static boolean continues(Candidate last, Candidate next) {
        int pages = next.page() - last.page();
        if (pages < 1 || pages > FARTHEST_PAGE || Math.abs(next.baseline() - last.baseline()) > SAME_HEIGHT) {
            return false;
        }
        for (int i = 0; i < last.numbers().length; i++) {
            long growth = next.numbers()[i] - last.numbers()[i];
            if (growth != 0 && growth != pages) {
                return false;
            }
        }
        return true;
    }

    /** Takes back what was marked on the inner side of an ordinary line. */
    private static void keepOutermost(PageLines page, TypedSpan.Type[] types, TypedSpan.Type type) {
        boolean header = type == TypedSpan.Type.RUNNING_HEADER;
        List<Integer> inward = new ArrayList<>();
        for (int line = 0; line < types.length; line++) {
            if (page.lines().get(line).direction() == Direction.RIGHTWARDS) {
                inward.add(line);
            }
        }
        Comparator<Integer> byHeight =
                Comparator.comparingDouble(line -> page.lines().get(line).baseline());
        inward.sort(header ? byHeight : byHeight.reversed());
        Float border = null;
        for (int line : inward) {
            float baseline = page.lines().get(line).baseline();
            if (types[line] == type) {
                boolean inside =
                        border != null && (header ? baseline > border + SAME_HEIGHT : baseline < border - SAME_HEIGHT);
                if (inside) {
                    types[line] = null;
                }
            } else if (border == null) {
                border = baseline;
            }
        }
    }

    /** The text with its numbers taken out into {@code numbers}. */
    private static String pattern(String text, List<Long> numbers) {
        Matcher roman = ROMAN_PAGE.matcher(text);
        if (roman.matches()) {
            numbers.add((long) romanNumber(roman.group(1)));
            return text.substring(0, roman.start(1)) + "#" + text.substring(roman.end(1));
        }
        Matcher number = NUMBER.matcher(text);
        StringBuilder pattern = new StringBuilder();
        while (number.find()) {
            numbers.add(Long.parseLong(number.group()));
            number.appendReplacement(pattern, "#");
        }
        return number.appendTail(pattern).toString().replaceAll("\\s+", " ");
    }

    private static int romanNumber(String numeral) {
        int number = 0;
        int before = 0;
        for (int i = numeral.length() - 1; i >= 0; i--) {
            int value = switch (Character.toLowerCase(numeral.charAt(i))) {
                case 'i' -> 1;
                case 'v' -> 5;
                case 'x' -> 10;
                case 'l' -> 50;
                default -> 100;
            };
            number += value < before ? -value : value;
            before = Math.max(before, value);
        }
        return number;
    }
}
