package io.lectern.app.report;

import io.lectern.app.analysis.Answer;
import io.lectern.app.analysis.Citation;
import io.lectern.app.analysis.Passage;
import io.lectern.ingest.document.Document;
import io.lectern.ingest.document.DocumentId;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a report says, whatever its format: questions with their answers, the documents these were read in, and how it all
 * came about. It cannot hold a quotation that does not stand in its document.
 *
 * @param title for the head of the report, such as the matter's name
 * @param madeAt when the report was made
 * @param lecternVersion version of the program that made it
 * @param documents every document of the matter, those not read and those not readable included
 * @param answers in the order asked; the report numbers them from 1
 */
public record ReportModel(
        String title, Instant madeAt, String lecternVersion, List<ReportDocument> documents, List<Answer> answers) {

    /**
     * @throws IllegalArgumentException if a document is listed twice, or a passage is not exactly the words at its span of
     *     a listed document
     */
    public ReportModel {
        documents = List.copyOf(documents);
        answers = List.copyOf(answers);
        Set<DocumentId> ids = new LinkedHashSet<>();
        for (ReportDocument document : documents) {
            if (!ids.add(document.id())) {
                throw new IllegalArgumentException(
                        "document " + document.id().abbreviated() + " is listed twice in the report");
            }
        }
        for (int i = 0; i < answers.size(); i++) {
            for (Citation citation : answers.get(i).citations()) {
                if (citation.isShown() && !standsIn(documents, citation.passage())) {
                    throw new IllegalArgumentException(
                            "the passage of citation %d of answer %d does not stand in document %s"
                                    .formatted(
                                            citation.number(),
                                            i + 1,
                                            citation.passage().documentId().abbreviated()));
                }
            }
        }
    }

    private static boolean standsIn(List<ReportDocument> documents, Passage passage) {
        return documents.stream()
                .filter(document -> document.id().equals(passage.documentId()))
                .map(document -> document.document().text())
                .anyMatch(text -> passage.span().end() <= text.length()
                        && !passage.span().isEmpty()
                        && passage.span().of(text).equals(passage.text()));
    }

    /** The listed document with this identity. */
    public Optional<ReportDocument> document(DocumentId id) {
        return documents.stream().filter(document -> document.id().equals(id)).findFirst();
    }

    /**
     * What was read from the listed document with this identity.
     *
     * @throws java.util.NoSuchElementException if none is listed
     */
    public Document text(DocumentId id) {
        return document(id).orElseThrow().document();
    }

    /** The documents that at least one answer shows words of, in the order of the list. */
    public List<ReportDocument> citedDocuments() {
        return documents.stream()
                .filter(document -> answers.stream()
                        .flatMap(answer -> answer.citations().stream())
                        .anyMatch(document::isCitedBy))
                .toList();
    }

    /** The models behind the answers, each once. */
    public List<Answer.Model> models() {
        return answers.stream().map(Answer::model).distinct().toList();
    }

    /** Whether every answer came from a model on this machine, so that nothing left it. */
    public boolean local() {
        return models().stream().allMatch(Answer.Model::local);
    }

    /** Whether anything left the machine, in words. */
    public String privacyStatement() {
        return local()
                ? "Every answer was made on this machine. No document, question or answer left it."
                : "Text left Lectern: documents and questions were sent to "
                        + models().stream()
                                .filter(model -> !model.local())
                                .map(Answer.Model::runsOn)
                                .distinct()
                                .collect(Collectors.joining(" and to "))
                        + ".";
    }
}
