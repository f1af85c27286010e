package io.lectern.app.cli;

import io.lectern.app.server.ServerSettings;
import io.lectern.engine.Engine;
import io.lectern.engine.Engines;
import io.lectern.engine.RemoteOptions;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.function.Supplier;
import picocli.CommandLine.Option;

/** What can be said of a server that {@code --engine} names; it comes before what the user has set for the server. */
final class ServerOptions {
    @Option(
            names = "--server-model",
            paramLabel = "NAME",
            description = "Which of a server's models (default: the first that it offers).")
    private String model;

    @Option(
            names = "--server-window",
            paramLabel = "N",
            description = "Tokens that a server's model can hold, where the server does not say it or says too much.")
    private Integer window;

    @Option(
            names = "--server-tokenizer",
            paramLabel = "FILE",
            description = "A tokenizer.json or model file to count tokens with, where the server cannot be asked.")
    private Path tokenizer;

    @Option(
            names = "--server-certificate",
            paramLabel = "FILE.pem",
            description = "Certificates to trust besides the usual ones.")
    private Path certificate;

    /** Whether an engine's name is the address of a server. */
    static boolean isServer(String engine) {
        return engine.matches("(?i)https?:.*");
    }

    /** Connects to the server at an address when it is asked to. */
    Supplier<Engine> at(String address) {
        URI base;
        try {
            base = new URI(address);
        } catch (URISyntaxException e) {
            throw new Refusal(ExitCode.WRONG_USE, address + " is not the address of a server: http://host:port/v1");
        }
        return () -> Engines.connect(base, options(base));
    }

    private RemoteOptions options(URI base) {
        RemoteOptions options = ServerSettings.ofUser().of(base);
        options = model == null ? options : options.withModel(model);
        options = window == null ? options : options.withContextWindow(window);
        options = certificate == null ? options : options.withCertificates(certificate);
        return tokenizer == null ? options : options.withTokenizer(Engines.tokenizer(tokenizer));
    }
}
