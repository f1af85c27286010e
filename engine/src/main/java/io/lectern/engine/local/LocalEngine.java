package io.lectern.engine.local;

import io.lectern.engine.Context;
import io.lectern.engine.Engine;
import io.lectern.engine.EngineInfo;
import io.lectern.engine.Tokenizer;
import io.lectern.engine.model.ChatTemplate;
import io.lectern.engine.model.ModelTokenizer;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/** An engine that runs a model in this process, on one thread of its own. */
public final class LocalEngine implements Engine {
    private final EngineThread thread;
    private final ModelTokenizer tokenizer;
    private final ChatTemplate template;
    private final int window;
    private final Supplier<EngineInfo> info;
    private final Supplier<Past> newPast;
    private final Runnable free;
    private final Set<LocalContext> open = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean closed = new AtomicBoolean();

    /**
     * @param window tokens that a context can hold
     * @param newPast makes an empty memory; called on the engine's thread
     * @param free frees the weights; called on the engine's thread, last
     */
    LocalEngine(
            EngineThread thread,
            ModelTokenizer tokenizer,
            ChatTemplate template,
            int window,
            Supplier<EngineInfo> info,
            Supplier<Past> newPast,
            Runnable free) {
        this.thread = thread;
        this.tokenizer = tokenizer;
        this.template = template;
        this.window = window;
        this.info = info;
        this.newPast = newPast;
        this.free = free;
    }

    @Override
    public EngineInfo info() {
        return info.get();
    }

    @Override
    public Tokenizer tokenizer() {
        return tokenizer;
    }

    @Override
    public Context newContext() {
        return call(() ->
                opened(new LocalContext(this, newPast.get(), Conversation.begin(template, tokenizer), new int[0])));
    }

    /** Ends the work that is under way, closes what contexts are left, and frees the weights. */
    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        call(() -> {
            open.forEach(LocalContext::free);
            open.clear();
            free.run();
            return null;
        });
        thread.close();
        tokenizer.close();
    }

    ModelTokenizer modelTokenizer() {
        return tokenizer;
    }

    int window() {
        return window;
    }

    /** Remembers a context, so that its memory is freed with the engine at the latest. */
    LocalContext opened(LocalContext context) {
        open.add(context);
        return context;
    }

    /** Frees a context's memory, unless that has happened already. */
    void closing(LocalContext context) {
        if (open.remove(context)) {
            call(() -> {
                context.free();
                return null;
            });
        }
    }

    <T> T call(Supplier<T> work) {
        return thread.call(work);
    }
}
