package io.lectern.app.server;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lectern.engine.EngineException;
import io.lectern.engine.EngineException.Reason;
import io.lectern.engine.Engines;
import io.lectern.engine.RemoteOptions;
import io.lectern.engine.embedded.UserFolders;
import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Map;
import java.util.Set;

/**
 * What a user has set for servers: a file {@code servers.json} in the user's data folder, and the environment variable
 * {@value #KEY_VARIABLE}, which comes first. Keys are never kept anywhere else, in no matter and in no log.
 *
 * <p>The file holds an object by addresses: {@code {"https://host/v1": {"key": "…", "model": "…", "window": 131072,
 * "certificate": "FILE.pem", "tokenizer": "tokenizer.json"}}}, each field optional. As it holds keys, it must be readable by
 * its owner only.
 */
public final class ServerSettings {
    /** The environment variable with a bearer key. */
    public static final String KEY_VARIABLE = "LECTERN_API_KEY";

    private static final String FILE = "servers.json";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path file;
    private final Map<String, String> environment;

    /**
     * @param file need not exist
     * @param environment of the process
     */
    ServerSettings(Path file, Map<String, String> environment) {
        this.file = file;
        this.environment = environment;
    }

    /** The settings of this user. */
    public static ServerSettings ofUser() {
        return new ServerSettings(UserFolders.data().resolve(FILE), System.getenv());
    }

    /**
     * How to use a server.
     *
     * @param base its address
     * @throws EngineException with SERVER if the file cannot be used; the message says what to do
     */
    public RemoteOptions of(URI base) {
        JsonNode set = read().path(base.toString().replaceFirst("/+$", ""));
        String key = environment.getOrDefault(KEY_VARIABLE, "").strip();
        RemoteOptions options = RemoteOptions.standard()
                .withKey(key.isEmpty() ? set.path("key").asText("") : key)
                .withModel(set.path("model").asText(""))
                .withContextWindow(Math.max(0, set.path("window").asInt(0)));
        if (set.has("certificate")) {
            options = options.withCertificates(Path.of(set.get("certificate").asText()));
        }
        if (set.has("tokenizer")) {
            options = options.withTokenizer(
                    Engines.tokenizer(Path.of(set.get("tokenizer").asText())));
        }
        return options;
    }

    private JsonNode read() {
        if (!Files.exists(file)) {
            return JSON.createObjectNode();
        }
        try {
            if (isReadableByOthers()) {
                throw new EngineException(
                        Reason.SERVER, file + " holds keys and can be read by others: chmod 600 " + file);
            }
            return JSON.readTree(Files.readAllBytes(file));
        } catch (JsonProcessingException e) {
            // Not as the cause: its message would quote the file.
            throw new EngineException(Reason.SERVER, file + " is not well-formed JSON.");
        } catch (IOException e) {
            throw new EngineException(Reason.SERVER, file + " cannot be read.", e);
        }
    }

    private boolean isReadableByOthers() throws IOException {
        if (!FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
            return false;
        }
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
        return permissions.contains(PosixFilePermission.GROUP_READ)
                || permissions.contains(PosixFilePermission.OTHERS_READ);
    }
}
