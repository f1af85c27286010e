package io.lectern.app.desktop;

import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Calendar;
import java.util.List;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.PDPageContentStream;
import org.apache.pdfbox.pdmodel.common.PDRectangle;
import org.apache.pdfbox.pdmodel.font.PDFont;
import org.apache.pdfbox.pdmodel.font.PDType1Font;
import org.apache.pdfbox.pdmodel.font.Standard14Fonts;
import org.apache.poi.xwpf.usermodel.XWPFDocument;
import org.apache.poi.xwpf.usermodel.XWPFParagraph;
import org.openxmlformats.schemas.wordprocessingml.x2006.main.CTRunTrackChange;

/** Small real files of each kind, written for the tests. */
final class SampleFiles {
    static final String CAP =
            "In no event shall the aggregate liability of the Supplier under this Agreement exceed the fees"
                    + " paid or payable by the Customer in the twelve (12) months preceding the event giving rise to the claim";

    private static final List<String> CLAUSES = List.of(
            "12.1 Limitation of Liability. Except for a party's indemnification obligations under Section 11, neither party"
                    + " shall be liable to the other for any indirect, incidental, special or consequential damages arising"
                    + " out of or in connection with this Agreement, whether in contract, tort or otherwise.",
            "12.2 Liability Cap. " + CAP + ", provided that this limit shall not apply to a breach of Section 9"
                    + " (Confidentiality) or to the Supplier's gross negligence or wilful misconduct.",
            "12.3 Change of Control. Should either party undergo a Change of Control, the other party may terminate this"
                    + " Agreement by giving sixty (60) days' prior written notice, without penalty, within ninety (90) days"
                    + " after having been notified of such event.",
            "12.4 Insurance. The Supplier shall maintain, at its own expense and throughout the Term, commercial general"
                    + " insurance with limits of no less than USD 5,000,000 per occurrence, and shall furnish certificates"
                    + " upon request.",
            "12.5 Assignment. Neither party may assign or transfer any of its rights or obligations hereunder without the"
                    + " prior written consent of the other party, such consent not to be unreasonably withheld.");

    private SampleFiles() {}

    /** A folder of contracts, a program and a broken file, as a lawyer's and a developer's folders are. */
    static Path folder(Path parent) throws IOException {
        Path folder = Files.createDirectories(parent.resolve("Northwind acquisition"));
        Path masters = Files.createDirectories(folder.resolve("Master agreements"));
        pdf(
                masters.resolve(
                        "Master Services Agreement Northwind Traders and Contoso Limited (executed copy) 2021.pdf"),
                12);
        docx(masters.resolve("Amendment No. 3 (tracked changes).docx"));
        Path source = Files.createDirectories(folder.resolve("billing-service"));
        Files.writeString(source.resolve("RatePlan.java"), code());
        Files.writeString(folder.resolve("Notes.txt"), "Call with the seller.\n\nThe cap is the open point.\n");
        Files.write(
                folder.resolve("Scan of schedule B.pdf"),
                "%PDF-1.7\nthis is no longer a PDF".getBytes(StandardCharsets.ISO_8859_1));
        return folder;
    }

    /** A contract of some pages. */
    static void pdf(Path file, int pages) throws IOException {
        PDFont regular = new PDType1Font(Standard14Fonts.FontName.TIMES_ROMAN);
        PDFont bold = new PDType1Font(Standard14Fonts.FontName.TIMES_BOLD);
        try (PDDocument document = new PDDocument()) {
            for (int number = 1; number <= pages; number++) {
                PDPage page = new PDPage(PDRectangle.LETTER);
                document.addPage(page);
                try (PDPageContentStream content = new PDPageContentStream(document, page)) {
                    float y = 720;
                    line(content, bold, 13, 72, y, "MASTER SERVICES AGREEMENT, PART " + number);
                    y -= 30;
                    for (String clause : number == 3 ? CLAUSES : CLAUSES.subList(2, 5)) {
                        for (String text : wrapped(clause, regular, 11, 468)) {
                            line(content, regular, 11, 72, y, text);
                            y -= 15;
                        }
                        y -= 9;
                    }
                    line(content, regular, 9, 290, 48, "Page " + number);
                }
            }
            document.save(file.toFile());
        }
    }

    /** A Word document with a paragraph that a tracked change has taken out. */
    static void docx(Path file) throws IOException {
        try (XWPFDocument document = new XWPFDocument()) {
            XWPFParagraph heading = document.createParagraph();
            heading.setStyle("Heading1");
            heading.createRun().setText("Amendment No. 3");
            document.createParagraph()
                    .createRun()
                    .setText("The parties amend the Master Services Agreement of 4 May 2021 as follows.");
            XWPFParagraph changed = document.createParagraph();
            changed.createRun().setText("1. The liability cap in Section 12.2 is raised to ");
            CTRunTrackChange deletion = changed.getCTP().addNewDel();
            deletion.setId(BigInteger.ONE);
            deletion.setAuthor("A. Partner");
            deletion.setDate(Calendar.getInstance());
            deletion.addNewR().addNewDelText().setStringValue("USD 2,500,000 ");
            changed.createRun().setText("USD 5,000,000 in any contract year.");
            document.createParagraph()
                    .createRun()
                    .setText("2. All other terms of the Agreement remain in full force and effect.");
            try (OutputStream out = Files.newOutputStream(file)) {
                document.write(out);
            }
        }
    }

    static String code() {
        StringBuilder code =
                new StringBuilder("package com.example.billing;\n\n/** Rates. */\nfinal class RatePlan {\n");
        for (int i = 1; i <= 60; i++) {
            code.append("\t/** The rate of tier ")
                    .append(i)
                    .append(". */\n\tint rate")
                    .append(i)
                    .append("() {\n\t\treturn ")
                    .append(i * 100)
                    .append(";\n\t}\n\n");
        }
        return code.append("}\n").toString();
    }

    private static void line(PDPageContentStream content, PDFont font, float size, float x, float y, String text)
            throws IOException {
        content.beginText();
        content.setFont(font, size);
        content.newLineAtOffset(x, y);
        content.showText(text);
        content.endText();
    }

    private static List<String> wrapped(String text, PDFont font, float size, float width) throws IOException {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : text.split(" ")) {
            String longer = line.isEmpty() ? word : line + " " + word;
            if (font.getStringWidth(longer) / 1000 * size > width) {
                lines.add(line.toString());
                line = new StringBuilder(word);
            } else {
                line = new StringBuilder(longer);
            }
        }
        lines.add(line.toString());
        return lines;
    }
}
