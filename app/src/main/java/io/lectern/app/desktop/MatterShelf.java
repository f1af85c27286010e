package io.lectern.app.desktop;

import io.lectern.app.analysis.NamedDocument;
import io.lectern.app.analysis.PromptAssembler;
import io.lectern.app.desktop.context.EngineDesk;
import io.lectern.app.desktop.library.Shelf;
import io.lectern.app.store.MatterStore;
import io.lectern.engine.Engine;
import io.lectern.ingest.Progress;
import io.lectern.ingest.document.DocumentId;
import io.lectern.ingest.matter.IngestSummary;
import io.lectern.ingest.matter.LibraryEntry;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The library of a matter, with the choice and the token counts that the application keeps in it. */
final class MatterShelf implements Shelf {
    private static final String CHOSEN = "chosen documents";

    private final MatterStore store;
    private final EngineDesk engines;

    MatterShelf(MatterStore store, EngineDesk engines) {
        this.store = store;
        this.engines = engines;
    }

    @Override
    public List<LibraryEntry> entries() {
        return store.matter().entries();
    }

    @Override
    public IngestSummary ingest(List<Path> paths, Progress progress) {
        return store.matter().ingest(paths, progress);
    }

    /** Until somebody has chosen, everything is: Lectern reads whole sets. */
    @Override
    public Set<DocumentId> chosen() {
        return store.settings()
                .get(CHOSEN)
                .map(ids -> ids.lines().map(DocumentId::new).collect(Collectors.toSet()))
                .orElseGet(() -> entries().stream()
                        .filter(LibraryEntry::isUsable)
                        .map(LibraryEntry::documentId)
                        .collect(Collectors.toSet()));
    }

    @Override
    public void choose(Set<DocumentId> ids) {
        store.settings().put(CHOSEN, ids.stream().map(DocumentId::sha256).collect(Collectors.joining("\n")));
    }

    @Override
    public Map<DocumentId, Integer> tokenCounts() {
        return store.tokenCounts().of(engines.modelHash());
    }

    @Override
    public int countTokens(LibraryEntry entry) {
        Engine engine = engines.engine();
        DocumentId id = entry.documentId();
        int tokens = PromptAssembler.tokens(
                engine.tokenizer(),
                new NamedDocument(entry.name(), store.matter().document(id)));
        store.tokenCounts().put(engine.info().sha256(), Map.of(id, tokens));
        return tokens;
    }
}
