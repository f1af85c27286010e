package io.lectern.app.desktop.context;

import static org.assertj.core.api.Assertions.assertThat;

import io.lectern.app.analysis.Answer;
import io.lectern.engine.embedded.EmbeddedModel;
import io.lectern.engine.embedded.ModelCache;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the window says of a model before it is opened. */
class EngineDeskTest {
    private static final EmbeddedModel EMBEDDED = EmbeddedModel.SMOLLM2_135M;

    @TempDir
    Path folder;

    private EngineDesk desk(Path file) {
        return new EngineDesk(ModelCache.ofUser(), EMBEDDED, file, (model, loading) -> {
            throw new AssertionError("nothing is to be opened");
        });
    }

    private static Answer.Model answered(String name, String sha256, boolean local) {
        return new Answer.Model(name, "", sha256, "somewhere", local);
    }

    @Test
    void anotherModelsWindowIsNotSaidOfTheOneThatIsToAnswer() throws IOException {
        Path named = Files.createDirectory(folder.resolve("named"));
        assertThat(desk(named).isToOpen(answered("named", "1", true))).isTrue();
        assertThat(desk(named).isToOpen(answered("another", "1", true))).isFalse();
        assertThat(desk(named).isToOpen(answered("named", "", false))).isFalse();
        assertThat(desk(null).isToOpen(answered("named", "1", true))).isFalse();
        assertThat(desk(null).isToOpen(answered("the embedded one", EMBEDDED.sha256(), true)))
                .isTrue();
        EngineDesk server = desk(null).withServer(() -> {
            throw new AssertionError("nothing is to be connected");
        });
        assertThat(server.isToOpen(answered("theirs", "", false))).isTrue();
        assertThat(server.isToOpen(answered("named", "1", true))).isFalse();
    }
}
