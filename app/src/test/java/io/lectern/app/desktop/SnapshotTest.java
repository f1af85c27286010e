package io.lectern.app.desktop;

import static org.assertj.core.api.Assertions.assertThat;

import io.lectern.app.analysis.Answer;
import io.lectern.app.analysis.Citation;
import io.lectern.app.analysis.Coverage;
import io.lectern.app.analysis.Passage;
import io.lectern.app.analysis.Support;
import io.lectern.app.analysis.Verbatim;
import io.lectern.app.store.MatterStore;
import io.lectern.engine.EngineOptions;
import io.lectern.ingest.Progress;
import io.lectern.ingest.document.Document;
import io.lectern.ingest.document.Span;
import io.lectern.ingest.matter.LibraryEntry;
import io.lectern.ingest.matter.Matter;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pictures of the window, each drawn by a process of its own that must end by itself. */
class SnapshotTest {
    private static final Path SCREENS = Path.of("target/screens");

    @TempDir
    Path folder;

    @Test
    void drawsTheLastAnswerWithTheCitedPage() throws Exception {
        SampleFiles.folder(folder);
        Path matter = folder.resolve("Northwind acquisition.lectern");
        storeAnswer(matter);
        Path picture = folder.resolve("window.png");

        String printed = run(matter.toString(), picture.toString());

        assertThat(Long.parseLong(printed)).isPositive();
        BufferedImage image = ImageIO.read(picture.toFile());
        assertThat(image.getWidth()).isEqualTo(1440);
        assertThat(image.getHeight()).isEqualTo(900);
        assertThat(count(image, new Color(0xffdf80)))
                .as("pixels of the citation in hand")
                .isGreaterThan(2_000);
        assertThat(count(image, new Color(0xd9e9ff)))
                .as("pixels of the other citation")
                .isGreaterThan(2_000);
        keep(picture, "snapshot");
    }

    @Test
    void drawsHowToBeginWithoutAMatter() throws Exception {
        Path picture = folder.resolve("empty.png");
        run("", picture.toString());
        assertThat(ImageIO.read(picture.toFile()).getWidth()).isEqualTo(1440);
        keep(picture, "snapshot-empty");
    }

    /** The program of the processes: opens the desktop and prints what came of it. */
    static final class Program {
        private Program() {}

        public static void main(String[] arguments) {
            Path matter = arguments[0].isEmpty() ? null : Path.of(arguments[0]);
            DesktopResult result = Desktop.open(
                    new DesktopOptions(matter, null, null, EngineOptions.standard(), null, Path.of(arguments[1])));
            System.out.print(result.firstWindowMillis());
        }
    }

    private String run(String matter, String picture) throws IOException, InterruptedException {
        Path out = folder.resolve("out");
        Path errors = folder.resolve("errors");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Program.class.getName(),
                        matter,
                        picture)
                .redirectOutput(out.toFile())
                .redirectError(errors.toFile())
                .start();
        try {
            assertThat(process.waitFor(3, TimeUnit.MINUTES))
                    .as("the process ends")
                    .isTrue();
            assertThat(process.exitValue()).as(Files.readString(errors)).isZero();
        } finally {
            process.destroyForcibly();
        }
        return Files.readString(out);
    }

    private void storeAnswer(Path file) {
        try (Matter matter = Matter.open(file)) {
            matter.ingest(List.of(folder.resolve("Northwind acquisition")), Progress.none());
            LibraryEntry entry = matter.entries().stream()
                    .filter(each -> each.name().endsWith("2021.pdf"))
                    .findFirst()
                    .orElseThrow();
            Document document = matter.document(entry.documentId());
            List<Citation> citations = new ArrayList<>();
            citations.add(citation(1, entry, document, "In no event shall", "twelve (12) months"));
            citations.add(citation(2, entry, document, "provided that this limit", "wilful misconduct."));
            List<Coverage.Entry> read = List.of(new Coverage.Entry(
                    document.id(), entry.name(), entry.pages(), entry.characters(), 1_967, true, ""));
            MatterStore store = MatterStore.of(matter);
            store.answers()
                    .save(
                            store.answers().conversations().getLast().id(),
                            new Answer(
                                    "1",
                                    "What is the supplier's liability capped at?",
                                    Answer.Outcome.ANSWERED,
                                    "It is capped at the fees of twelve months. Confidentiality is carved out.",
                                    citations,
                                    new Answer.Presence(0.9, 0.5, true),
                                    new Answer.Drafting("Section 12.2 speaks of twelve months.", 812, 24, 21.4),
                                    new Coverage(read, 32_768),
                                    new Answer.Model("A model", "Q4_K_M", "", "this machine", true),
                                    Instant.now(),
                                    48));
        }
    }

    private static Citation citation(int number, LibraryEntry entry, Document document, String first, String last) {
        int start = document.text().indexOf(first);
        int end = document.text().indexOf(last, start) + last.length();
        Span span = new Span(start, end);
        return new Citation(
                number,
                number == 1 ? "It is capped at the fees of twelve months." : "Confidentiality is carved out.",
                "",
                Verbatim.VERIFIED,
                number == 1 ? Support.YES : Support.WEAK,
                new Passage(document.id(), entry.name(), span, span.of(document.text()), document.locate(span)));
    }

    private static long count(BufferedImage image, Color wanted) {
        long found = 0;
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                Color color = new Color(image.getRGB(x, y));
                if (Math.abs(color.getRed() - wanted.getRed()) < 3
                        && Math.abs(color.getGreen() - wanted.getGreen()) < 3
                        && Math.abs(color.getBlue() - wanted.getBlue()) < 3) {
                    found++;
                }
            }
        }
        return found;
    }

    private static void keep(Path picture, String name) throws IOException {
        Files.createDirectories(SCREENS);
        Files.copy(picture, SCREENS.resolve(name + ".png"), StandardCopyOption.REPLACE_EXISTING);
    }
}
