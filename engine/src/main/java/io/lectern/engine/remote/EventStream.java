package io.lectern.engine.remote;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * The server-sent events of an answer (WHATWG HTML, "Server-sent events"), read by a thread of its own, so that whoever
 * waits for one can give up waiting. Closing closes the connection.
 */
final class EventStream implements AutoCloseable {
    /** More characters in a line than any answer has: a server that never ends one must not fill the memory. */
    private static final int LONGEST_LINE = 8 << 20;

    private static final int MOST_WAITING = 1024;
    private static final String DONE = "[DONE]";

    /** What comes from the server, in order. */
    sealed interface Item {
        /** The data of an event. */
        record Event(String data) implements Item {}

        /** A comment: only a sign of life. */
        record Sign() implements Item {}

        /** The server said that its answer is complete, or ended it where events end. */
        record Done() implements Item {}

        /** The connection broke. */
        record Broken(IOException cause) implements Item {}
    }

    private final InputStream body;
    private final BlockingQueue<Item> items = new ArrayBlockingQueue<>(MOST_WAITING);
    private final Thread reading;
    private volatile boolean closed;

    EventStream(InputStream body) {
        this.body = body;
        this.reading = Thread.ofVirtual().name("server-events").start(this::read);
    }

    /** The next item, or null if there was none for so long. */
    Item poll(long millis) {
        try {
            return items.poll(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Item.Broken(new IOException("interrupted", e));
        }
    }

    private void read() {
        Item last;
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8))) {
            last = read(lines);
        } catch (IOException e) {
            last = new Item.Broken(e);
        }
        put(last);
    }

    private Item read(Reader lines) throws IOException {
        StringBuilder data = new StringBuilder();
        StringBuilder line = new StringBuilder();
        while (!closed) {
            boolean ended = !readLine(lines, line);
            if (data.toString().equals(DONE)) {
                return new Item.Done();
            }
            if (line.isEmpty() && !ended) {
                if (!data.isEmpty()) {
                    put(new Item.Event(data.toString()));
                    data.setLength(0);
                }
            } else if (line.isEmpty()) {
                // the stream has ended
            } else if (line.charAt(0) == ':') {
                put(new Item.Sign());
            } else if (line.indexOf("data:") == 0) {
                String value = line.substring("data:".length());
                data.append(data.isEmpty() ? "" : "\n").append(value.startsWith(" ") ? value.substring(1) : value);
            } else if (line.indexOf("error:") == 0) {
                put(new Item.Event("{\"error\":" + line.substring("error:".length()) + "}"));
            } else if (line.charAt(0) == '{') {
                put(new Item.Event(line.toString())); // a server that does not stream, or an error as it is
            }
            if (ended) {
                return new Item.Done();
            }
        }
        return new Item.Done();
    }

    /** Reads a line; false if the stream has ended, with what stood there last. */
    private static boolean readLine(Reader reader, StringBuilder line) throws IOException {
        line.setLength(0);
        for (int c = reader.read(); c >= 0; c = reader.read()) {
            if (c == '\n') {
                if (!line.isEmpty() && line.charAt(line.length() - 1) == '\r') {
                    line.setLength(line.length() - 1);
                }
                return true;
            }
            line.append((char) c);
            if (line.length() > LONGEST_LINE) {
                throw new IOException("a line without end");
            }
        }
        return false;
    }

    private void put(Item item) {
        try {
            while (!closed && !items.offer(item, 100, TimeUnit.MILLISECONDS)) {
                // whoever listens is slow; the server waits with us
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closed = true;
        reading.interrupt();
        try {
            body.close();
        } catch (IOException e) {
            // The connection is given up; that it breaks thereby is what was wanted.
            org.slf4j.LoggerFactory.getLogger(EventStream.class).debug("closing: {}", e.toString());
        }
    }
}
