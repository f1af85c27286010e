package io.lectern.engine.decoder;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Has the rows of a matrix worked on by all workers, strip by strip. */
final class Strips implements AutoCloseable {
    private static final int ELEMENTS_PER_STRIP = 1 << 18;

    /** Works on the rows from {@code firstRow} to before {@code afterRow}. */
    @FunctionalInterface
    interface RowWork {
        void accept(int firstRow, int afterRow);
    }

    private final ExecutorService workers;

    Strips(int threads) {
        workers = Executors.newFixedThreadPool(
                threads,
                Thread.ofPlatform().daemon().name("lectern-weights-", 0).factory());
    }

    /** Does the work for all rows and waits for it. */
    void forEach(int rows, int columns, RowWork work) {
        int rowsPerStrip = Math.max(1, ELEMENTS_PER_STRIP / columns);
        List<Callable<Void>> strips = new ArrayList<>();
        for (int first = 0; first < rows; first += rowsPerStrip) {
            int from = first;
            int after = Math.min(rows, first + rowsPerStrip);
            strips.add(() -> {
                work.accept(from, after);
                return null;
            });
        }
        try {
            for (Future<Void> strip : workers.invokeAll(strips)) {
                strip.get();
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("weights could not be read", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while reading weights", e);
        }
    }

    @Override
    public void close() {
        workers.close();
    }
}
