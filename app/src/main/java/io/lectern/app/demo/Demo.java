package io.lectern.app.demo;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/**
 * The demonstration as it is shipped: sample contracts and questions, with the spans that answer them.
 *
 * @param documents file names of the samples, in this package's resources
 * @param questions what is asked of them
 */
public record Demo(List<String> documents, List<Question> questions) {

    /**
     * A question.
     *
     * @param question what is asked
     * @param expected the spans that answer it, any of which will do; empty if the documents do not answer it
     */
    public record Question(String question, List<Expected> expected) {
        public Question {
            expected = List.copyOf(expected);
        }

        /** Whether the documents answer it. */
        public boolean isAnswerable() {
            return !expected.isEmpty();
        }
    }

    /**
     * A span that answers a question.
     *
     * @param document file name of the sample it stands in
     * @param text its words
     * @param label the data set's category for it; empty if it was chosen for the demonstration
     */
    public record Expected(String document, String text, String label) {}

    public Demo {
        documents = List.copyOf(documents);
        questions = List.copyOf(questions);
    }

    /** The demonstration that ships with the program. */
    public static Demo load() {
        try (InputStream json = resource("demo.json")) {
            return new ObjectMapper().readValue(json, Demo.class);
        } catch (IOException e) {
            throw new UncheckedIOException("the demonstration's questions cannot be read from the program", e);
        }
    }

    /**
     * Writes the sample contracts, their README included, into a folder; files of the same name are replaced.
     *
     * @param folder is made if it is not there
     * @return the contracts' paths
     */
    public List<Path> writeDocuments(Path folder) {
        List<Path> written = new ArrayList<>();
        try {
            Files.createDirectories(folder);
            for (String name : documents) {
                written.add(copy(name, folder));
            }
            copy("README.md", folder);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the sample contracts to " + folder, e);
        }
        return written;
    }

    private static Path copy(String name, Path folder) throws IOException {
        Path target = folder.resolve(name);
        try (InputStream sample = resource(name)) {
            Files.copy(sample, target, StandardCopyOption.REPLACE_EXISTING);
        }
        return target;
    }

    private static InputStream resource(String name) {
        InputStream resource = Demo.class.getResourceAsStream(name);
        if (resource == null) {
            throw new IllegalStateException("the program was built without its sample " + name);
        }
        return resource;
    }
}
