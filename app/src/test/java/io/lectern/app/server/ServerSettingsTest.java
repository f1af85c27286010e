package io.lectern.app.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.lectern.engine.EngineException;
import io.lectern.engine.RemoteOptions;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@DisabledOnOs(OS.WINDOWS)
class ServerSettingsTest {
    private static final URI BASE = URI.create("https://host/v1");

    @TempDir
    Path folder;

    private RemoteOptions options(Map<String, String> environment) {
        return new ServerSettings(folder.resolve("servers.json"), environment).of(BASE);
    }

    private void write(String json, String permissions) throws IOException {
        Path file = Files.writeString(folder.resolve("servers.json"), json);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    }

    @Test
    void withoutAnySettingNothingIsSaid() {
        assertThat(options(Map.of())).isEqualTo(RemoteOptions.standard());
    }

    @Test
    void theEnvironmentComesBeforeTheFile() throws IOException {
        write("{\"https://host/v1\": {\"key\": \"fromFile\", \"model\": \"m\", \"window\": 9000}}", "rw-------");
        assertThat(options(Map.of()).key()).isEqualTo("fromFile");
        assertThat(options(Map.of()).model()).isEqualTo("m");
        assertThat(options(Map.of()).contextWindow()).isEqualTo(9000);
        assertThat(options(Map.of("LECTERN_API_KEY", "fromEnvironment")).key()).isEqualTo("fromEnvironment");
    }

    @Test
    void aFileWithKeysIsForItsOwnerOnly() throws IOException {
        write("{}", "rw-r--r--");
        assertThat(catchThrowableOfType(EngineException.class, () -> options(Map.of())))
                .hasMessageContaining("chmod 600");
    }

    @Test
    void aDamagedFileIsNotQuoted() throws IOException {
        write("{\"https://host/v1\": {\"key\": \"s3cret\" oops", "rw-------");
        EngineException failure = catchThrowableOfType(EngineException.class, () -> options(Map.of()));
        assertThat(failure).hasMessageContaining("not well-formed").hasMessageNotContaining("s3cret");
        assertThat(failure.getCause()).isNull();
    }
}
