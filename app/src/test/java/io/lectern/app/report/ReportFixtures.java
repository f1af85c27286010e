package io.lectern.app.report;

import io.lectern.app.analysis.Answer;
import io.lectern.app.analysis.Citation;
import io.lectern.app.analysis.Coverage;
import io.lectern.app.analysis.Passage;
import io.lectern.app.analysis.Support;
import io.lectern.app.analysis.Verbatim;
import io.lectern.ingest.document.Document;
import io.lectern.ingest.document.DocumentId;
import io.lectern.ingest.document.Span;
import io.lectern.ingest.extract.DocumentReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A small matter of real files with hand-made answers that cite them. */
final class ReportFixtures {
    static final Instant MADE_AT = Instant.parse("2026-11-24T10:15:00Z");

    /** Holds letters beyond the basic plane and combining marks before and inside the quoted words. */
    static final String LEASE = """
            LEASE 𝔸greement № 7 — Café Zoë

            1. The Tenant shall pay a monthly rent of EUR 1,250.00, due on the 3rd day.
            2. The Tenant may not sublet the premises 🏠 without the Landlord’s
            prior written consent.
            """;

    static final String NOTICE = """
            Notice periods
            Either party may terminate this agreement by giving three months' written notice.
            """;

    private ReportFixtures() {}

    /** Files, documents and one report about them. */
    record Matter(Path folder, ReportModel model, Map<DocumentId, Path> files) {}

    static Matter matter(Path folder) {
        ReportDocument lease = document(folder, "lease.txt", LEASE);
        ReportDocument notice = document(folder, "notice.txt", NOTICE);
        ReportDocument uncited = document(folder, "uncited.txt", "Nothing is quoted from this one.\n");
        List<ReportDocument> documents = List.of(lease, notice, uncited);
        Coverage coverage = coverage(documents);
        Answer rent = answer(
                "What is the rent, and may the tenant sublet?",
                Answer.Outcome.ANSWERED,
                "The rent is EUR 1,250 a month [1]. Subletting needs written consent [2].",
                List.of(
                        citation(1, lease, "monthly rent of EUR 1,250.00", Verbatim.VERIFIED, Support.YES),
                        citation(
                                2,
                                lease,
                                "may not sublet the premises 🏠 without the Landlord’s\nprior written consent",
                                Verbatim.REPAIRED,
                                Support.WEAK),
                        new Citation(3, "It may be painted.", "painted", Verbatim.NOT_FOUND, Support.UNCHECKED, null)),
                coverage);
        Answer end = answer(
                "How can it be ended?",
                Answer.Outcome.ANSWERED,
                "By three months' notice [1].",
                List.of(citation(1, notice, "three months' written notice", Verbatim.VERIFIED, Support.UNCHECKED)),
                coverage);
        Answer absent = answer(
                "Is there an arbitration clause?",
                Answer.Outcome.NOT_FOUND,
                "Nothing about arbitration was found in what was read.",
                List.of(),
                coverage);
        Map<DocumentId, Path> files = new LinkedHashMap<>();
        documents.forEach(document -> files.put(document.id(), folder.resolve(document.name())));
        return new Matter(
                folder,
                new ReportModel("Lease of the café", MADE_AT, "0.1.0", documents, List.of(rent, end, absent)),
                files);
    }

    static ReportDocument document(Path folder, String name, String text) {
        try {
            Path file = Files.writeString(folder.resolve(name), text);
            Document document = new DocumentReader().read(file);
            return new ReportDocument(name, document);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Citation citation(int number, ReportDocument document, String words, Verbatim verbatim, Support support) {
        int start = document.document().text().indexOf(words);
        if (start < 0) {
            throw new IllegalArgumentException("not in the document: " + words);
        }
        return citation(number, document, new Span(start, start + words.length()), verbatim, support);
    }

    static Citation citation(int number, ReportDocument document, Span span, Verbatim verbatim, Support support) {
        Document source = document.document();
        Passage passage = new Passage(source.id(), document.name(), span, span.of(source.text()), source.locate(span));
        return new Citation(
                number, "The claim of citation " + number + ".", passage.text(), verbatim, support, passage);
    }

    static Answer answer(
            String question, Answer.Outcome outcome, String text, List<Citation> citations, Coverage coverage) {
        return new Answer(
                "answer-" + question.hashCode(),
                question,
                outcome,
                text,
                citations,
                new Answer.Presence(0.93, 0.5, true),
                coverage,
                new Answer.Model("Test model 1.5B", "Q4_K_M", "ab".repeat(32), "this machine (CPU, 2 threads)", true),
                MADE_AT,
                12.5);
    }

    static Coverage coverage(List<ReportDocument> documents) {
        List<Coverage.Entry> entries = new ArrayList<>();
        for (ReportDocument document : documents) {
            Document source = document.document();
            entries.add(new Coverage.Entry(
                    source.id(),
                    document.name(),
                    source.pages().size(),
                    source.text().length(),
                    source.text().length() / 4,
                    true,
                    ""));
        }
        return new Coverage(entries, 32_768);
    }
}
