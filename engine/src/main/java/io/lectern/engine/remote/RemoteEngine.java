package io.lectern.engine.remote;

import io.lectern.engine.Context;
import io.lectern.engine.Engine;
import io.lectern.engine.EngineException;
import io.lectern.engine.EngineInfo;
import io.lectern.engine.RemoteOptions;
import io.lectern.engine.Tokenizer;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/** An engine that is a server. What it can do beyond the plain interface is found out when it is first needed. */
public final class RemoteEngine implements Engine {
    private final ServerConnection server;
    private final ServerAddress address;
    private final ServedModel model;
    private final Completions completions;
    private final Tokenizer tokenizer;
    private final EngineInfo info;
    private volatile boolean givesLikelihoods = true;
    private volatile boolean thinks;
    private volatile boolean alwaysThinks;

    private RemoteEngine(
            ServerConnection server,
            ServerAddress address,
            ServedModel model,
            Tokenizer tokenizer,
            boolean exactTokens) {
        this.server = server;
        this.address = address;
        this.model = model;
        this.tokenizer = tokenizer;
        this.completions = new Completions(server, address, model.id());
        this.thinks = model.markers().expected();
        this.info = new EngineInfo(
                model.name(),
                "",
                model.quantization(),
                "",
                model.parameters(),
                model.contextWindow(),
                0,
                address.described(),
                false,
                exactTokens);
    }

    /**
     * Asks a server what it serves. Nothing else is sent yet.
     *
     * @param base of its OpenAI interface, such as {@code http://host:8000/v1}
     * @throws EngineException with SERVER and what the user can do if it cannot be used
     */
    public static RemoteEngine connect(URI base, RemoteOptions options) {
        ServerAddress address = ServerAddress.of(base);
        ServerConnection server = new ServerConnection(address, options);
        try {
            ServedModel model = ServedModel.ask(server, address, options);
            Optional<Tokenizer> exact =
                    ServerTokenizer.of(server, address, model.id()).or(options::tokenizer);
            return new RemoteEngine(
                    server, address, model, exact.orElseGet(EstimatedTokenizer::new), exact.isPresent());
        } catch (RuntimeException e) {
            server.close();
            throw e;
        }
    }

    @Override
    public EngineInfo info() {
        return info;
    }

    @Override
    public Tokenizer tokenizer() {
        return tokenizer;
    }

    /** True until the server turns out not to tell likelihoods. */
    @Override
    public boolean givesLikelihoods() {
        return givesLikelihoods;
    }

    /** Whether its template speaks of thinking, where the server tells it, or it was seen to think. */
    @Override
    public boolean thinks() {
        return thinks;
    }

    @Override
    public Context newContext() {
        return new RemoteContext(this, List.of(), 0);
    }

    /** Closes the connections; whatever still runs over them ends. */
    @Override
    public void close() {
        server.close();
    }

    ServedModel model() {
        return model;
    }

    Completions completions() {
        return completions;
    }

    /** What it means that an answer ended without its end. */
    EngineException endedEarly() {
        return ServerFailures.endedEarly(address);
    }

    void givesNoLikelihoods() {
        givesLikelihoods = false;
    }

    /** Whether it was seen to think although it was asked not to. */
    boolean alwaysThinks() {
        return alwaysThinks;
    }

    void wasSeenToThinkUnasked() {
        thinks = true;
        alwaysThinks = true;
    }

    void wasSeenToThink() {
        thinks = true;
    }
}
