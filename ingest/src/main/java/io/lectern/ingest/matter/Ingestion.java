package io.lectern.ingest.matter;

import io.lectern.ingest.Progress;
import io.lectern.ingest.document.Document;
import io.lectern.ingest.document.DocumentId;
import io.lectern.ingest.document.Finding;
import io.lectern.ingest.extract.DocumentReader;
import io.lectern.ingest.extract.SourceFile;
import io.lectern.ingest.matter.Database.Durability;
import io.lectern.ingest.matter.DocumentStore.Prepared;
import io.lectern.ingest.matter.FileResult.Outcome;
import io.lectern.ingest.matter.Library.Known;
import io.lectern.ingest.matter.Library.Source;
import io.lectern.ingest.matter.Library.State;
import io.lectern.ingest.matter.MatterException.Reason;
import io.lectern.ingest.repository.FolderWalker;
import io.lectern.ingest.repository.Walk;
import io.lectern.ingest.repository.Walk.FoundFile;
import io.lectern.ingest.repository.Walk.LeftOut;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run over files and folders. Files are hashed and read on as many threads as there are cores, within a bound of
 * memory; the calling thread stores each as it finishes, in a transaction of its own, so that a crash or a cancel loses
 * only what was in hand.
 */
final class Ingestion {
    private static final Logger LOG = LoggerFactory.getLogger(Ingestion.class);

    private static final long MEBIBYTE = 1 << 20;
    /** What reading a file may take, as a multiple of its size (PDF streams are compressed) and at least. */
    private static final long MEMORY_FACTOR = 12;

    private static final long LEAST_MEMORY = 8 * MEBIBYTE;
    /** File systems stamp changes as coarsely as every two seconds. */
    private static final long SETTLING_NANOS = 2_000_000_000L;

    private final Database database;
    private final DocumentReader reader;
    private final Progress progress;
    private final Consumer<FileResult> listener;

    private final List<FileResult> results = new ArrayList<>();
    private final Set<DocumentId> stored = ConcurrentHashMap.newKeySet();
    private Map<Path, Known> known;
    private int total;

    /** A file to be looked into. */
    private record Job(FoundFile file, Known known, long bytes, long modified, boolean settled) {
        long memory(long budget) {
            return Math.min(budget, LEAST_MEMORY + MEMORY_FACTOR * bytes);
        }
    }

    /** What looking into it gave: a source to keep, and a document to store first, unless it is stored already. */
    private record Read(Job job, Outcome outcome, Source source, Prepared document) {}

    Ingestion(Database database, DocumentReader reader, Progress progress, Consumer<FileResult> listener) {
        this.database = database;
        this.reader = reader;
        this.progress = progress;
        this.listener = listener;
    }

    IngestSummary run(List<Path> paths) {
        long begun = System.nanoTime();
        known = database.read(Library::known);
        stored.addAll(database.read(connection -> DocumentStore.readBy(connection, DocumentReader.VERSION)));
        List<Path> roots =
                paths.stream().map(path -> path.toAbsolutePath().normalize()).toList();
        requireThere(roots);
        List<Path> existing = roots.stream().filter(Files::exists).toList();
        Walk walk = new FolderWalker().walk(existing);
        List<FoundFile> files =
                walk.files().stream().filter(file -> !isOwnFile(file.path())).toList();
        List<Long> gone = gone(roots, walk);
        total = files.size() + walk.leftOut().size() + gone.size();

        gone.forEach(this::markMissing);
        walk.leftOut().forEach(this::leaveOut);
        boolean cancelled = read(files);
        double seconds = (System.nanoTime() - begun) / 1e9;
        LOG.info("{} of {} files looked at in {} s", results.size(), total, "%.1f".formatted(seconds));
        return new IngestSummary(results, cancelled, seconds);
    }

    /** A path that was never known and is not there is a mistake of whoever asked. */
    private void requireThere(List<Path> roots) {
        for (Path root : roots) {
            if (!Files.exists(root) && Files.isSymbolicLink(root)) {
                throw new MatterException(Reason.NOT_FOUND, root + " is a symbolic link that leads nowhere");
            }
            if (!Files.exists(root) && known.keySet().stream().noneMatch(path -> path.startsWith(root))) {
                throw new MatterException(Reason.NOT_FOUND, "there is no file or folder " + root);
            }
        }
    }

    /** A matter kept in a folder of its documents is not one of them. */
    private boolean isOwnFile(Path path) {
        String own = database.file().getFileName().toString();
        String name = path.getFileName().toString();
        boolean isNamedSo = name.equals(own)
                || name.equals(own + "-wal")
                || name.equals(own + "-shm")
                || name.equals(own + "-journal");
        try {
            return isNamedSo
                    && Files.isSameFile(path.getParent(), database.file().getParent());
        } catch (IOException e) {
            return path.getParent().equals(database.file().getParent());
        }
    }

    /** Known files below the roots that the walk did not come upon. */
    private List<Long> gone(List<Path> roots, Walk walk) {
        Set<Path> found = new HashSet<>();
        walk.files().forEach(file -> found.add(file.path()));
        walk.leftOut().forEach(left -> found.add(left.path()));
        return known.entrySet().stream()
                .filter(entry -> entry.getValue().state() != State.MISSING)
                .filter(entry -> !found.contains(entry.getKey()))
                .filter(entry -> roots.stream().anyMatch(entry.getKey()::startsWith))
                .filter(entry -> Files.notExists(entry.getKey()))
                .map(entry -> entry.getValue().id())
                .sorted()
                .toList();
    }

    private void markMissing(long id) {
        finish(Outcome.MISSING, database.write(Durability.PROCESS, connection -> {
            Library.markMissing(connection, id);
            return Library.entry(connection, id);
        }));
    }

    private void leaveOut(LeftOut left) {
        Known before = known.get(left.path());
        // What is left out changes rarely, and in a source tree it is much: it is written only when it differs.
        boolean isKnown = before != null && before.state() == State.LEFT_OUT && before.bytes() == left.bytes();
        LibraryEntry entry = isKnown ? database.read(connection -> Library.entry(connection, before.id())) : null;
        if (entry == null || !entry.findings().equals(List.of(left.finding()))) {
            Source source = new Source(
                    left.path(),
                    folderOf(left.root(), left.path()),
                    left.name(),
                    left.bytes(),
                    0,
                    false,
                    State.LEFT_OUT,
                    null,
                    List.of(left.finding()));
            entry = database.write(
                    Durability.PROCESS, connection -> Library.entry(connection, Library.put(connection, source)));
        }
        finish(Outcome.LEFT_OUT, entry);
    }

    /** Looks into the files; gives whether it was called off. */
    private boolean read(List<FoundFile> files) {
        Deque<Job> jobs = new ArrayDeque<>();
        Map<Long, LibraryEntry> entries = entriesById();
        for (FoundFile file : files) {
            Known before = known.get(file.path());
            Job job = job(file, before);
            if (isUnchanged(job)) {
                finish(Outcome.UNCHANGED, entries.get(before.id()));
            } else {
                jobs.add(job);
            }
            if (progress.isCancelled()) {
                return true;
            }
        }
        int cores = Runtime.getRuntime().availableProcessors();
        long budget = Math.max(LEAST_MEMORY, Runtime.getRuntime().maxMemory() / 2);
        ExecutorService threads = Executors.newFixedThreadPool(
                cores, Thread.ofPlatform().daemon().name("ingest-", 1).factory());
        try {
            CompletionService<Read> reading = new ExecutorCompletionService<>(threads);
            int inFlight = 0;
            long memory = 0;
            while (!jobs.isEmpty() || inFlight > 0) {
                while (!jobs.isEmpty()
                        && inFlight < 2 * cores
                        && memory + jobs.peek().memory(budget) <= budget) {
                    Job job = jobs.remove();
                    memory += job.memory(budget);
                    inFlight++;
                    reading.submit(() -> look(job));
                }
                Read read = reading.take().get();
                inFlight--;
                memory -= read.job().memory(budget);
                FileResult stored = store(read);
                finish(stored.outcome(), stored.entry());
                if (progress.isCancelled()) {
                    return inFlight > 0 || !jobs.isEmpty();
                }
            }
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        } catch (ExecutionException e) {
            throw new IllegalStateException("reading a file does not throw", e.getCause());
        } finally {
            // Whoever called it off does not wait for a large file to be read to its end; nothing of it is stored.
            threads.shutdownNow();
        }
    }

    private Map<Long, LibraryEntry> entriesById() {
        Map<Long, LibraryEntry> entries = new HashMap<>();
        for (LibraryEntry entry : database.read(Library::entries)) {
            entries.put(entry.sourceId(), entry);
        }
        return entries;
    }

    private static Job job(FoundFile file, Known before) {
        try {
            var attributes = Files.readAttributes(file.path(), BasicFileAttributes.class);
            long modified = Library.nanos(attributes.lastModifiedTime().toInstant());
            boolean settled = modified < Library.nanos(Instant.now()) - SETTLING_NANOS;
            return new Job(file, before, attributes.size(), modified, settled);
        } catch (IOException e) {
            // Reading it says why.
            return new Job(file, before, file.bytes(), 0, false);
        }
    }

    private static boolean isUnchanged(Job job) {
        Known before = job.known();
        return before != null
                && before.state() == State.PRESENT
                && before.document() != null
                && before.reader() >= DocumentReader.VERSION
                && before.settled()
                && before.bytes() == job.bytes()
                && before.modified() == job.modified();
    }

    /** Hashes a file, and reads it unless its content is known. Runs on a thread of its own, without the database. */
    private Read look(Job job) {
        Known before = job.known();
        if (!Files.isRegularFile(job.file().path())) {
            // Opening a pipe or a device might never return, not even to be hashed.
            return failed(job, reader.read(job.file().path()).findings());
        }
        try {
            SourceFile hashed = SourceFile.of(job.file().path());
            DocumentId id = hashed.id();
            List<Finding> ofName = reader.mislabelled(hashed).stream().toList();
            boolean isSame = before != null && id.equals(before.document());
            Outcome outcome = isSame ? Outcome.UNCHANGED : before == null ? Outcome.ADDED : Outcome.CHANGED;
            if (stored.contains(id)) {
                return new Read(job, outcome, source(job, id, ofName), null);
            }
            Document document = reader.read(job.file().path());
            if (!document.id().equals(id) || isOfTheMoment(document)) {
                // What is so today must not be kept as the content's own; the next run reads it again.
                return failed(job, document.findings());
            }
            return new Read(
                    job,
                    outcome,
                    source(job, id, ofName),
                    Prepared.of(withoutFindingsOfName(document), DocumentReader.VERSION));
        } catch (AccessDeniedException e) {
            return failed(job, reader.read(job.file().path()).findings());
        } catch (IOException | RuntimeException e) {
            LOG.warn("a file could not be read: {}", e.getClass().getName());
            return failed(
                    job,
                    List.of(Finding.ofFile(
                            Finding.Kind.UNREADABLE,
                            Finding.Severity.ERROR,
                            job.file().name() + " could not be opened.",
                            "Check that it is there, that you may read it and that its drive is connected.")));
        }
    }

    /** Whether it could not be read for a reason that lies outside of the content: changed meanwhile, or out of memory. */
    private static boolean isOfTheMoment(Document document) {
        return !document.isReadable()
                && document.findings().stream()
                        .anyMatch(finding ->
                                finding.kind() == Finding.Kind.UNREADABLE || finding.kind() == Finding.Kind.TOO_BIG);
    }

    /** The same content may lie under another name that fits it. */
    private static Document withoutFindingsOfName(Document document) {
        return document.withFindings(document.findings().stream()
                .filter(finding -> finding.kind() != Finding.Kind.MISLABELLED)
                .toList());
    }

    private static Read failed(Job job, List<Finding> findings) {
        return new Read(job, Outcome.FAILED, source(job, null, findings), null);
    }

    private static Source source(Job job, DocumentId id, List<Finding> findings) {
        FoundFile file = job.file();
        return new Source(
                file.path(),
                folderOf(file.root(), file.path()),
                file.name(),
                job.bytes(),
                job.modified(),
                job.settled(),
                State.PRESENT,
                id,
                findings);
    }

    private static Path folderOf(Path root, Path path) {
        return root.equals(path) ? root.getParent() : root;
    }

    private FileResult store(Read read) {
        FileResult result = database.write(Durability.PROCESS, connection -> {
            boolean isRenewed = read.document() != null
                    && DocumentStore.put(connection, read.document()) == DocumentStore.Stored.RENEWED;
            Outcome outcome = isRenewed && read.outcome() == Outcome.UNCHANGED ? Outcome.READ_AGAIN : read.outcome();
            return new FileResult(outcome, Library.entry(connection, Library.put(connection, read.source())));
        });
        if (read.source().document() != null) {
            stored.add(read.source().document());
        }
        return result;
    }

    private void finish(Outcome outcome, LibraryEntry entry) {
        FileResult result = new FileResult(outcome, entry);
        results.add(result);
        listener.accept(result);
        progress.report(results.size(), Math.max(total, results.size()), entry.name());
    }
}
