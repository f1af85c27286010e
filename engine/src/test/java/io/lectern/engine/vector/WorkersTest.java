package io.lectern.engine.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WorkersTest {

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5})
    void doEveryPartOnce(int threads) {
        try (Workers workers = new Workers(threads)) {
            for (int parts = 0; parts < 300; parts++) {
                AtomicIntegerArray done = new AtomicIntegerArray(parts);
                workers.forEach(parts, done::incrementAndGet);
                for (int part = 0; part < parts; part++) {
                    assertThat(done.get(part)).isEqualTo(1);
                }
            }
        }
    }

    @Test
    void seeWhatWasWrittenBeforeAndShowWhatTheyWrote() {
        try (Workers workers = new Workers(3)) {
            int[] numbers = new int[64];
            for (int round = 1; round <= 5000; round++) {
                workers.forEach(numbers.length, i -> numbers[i]++); // plain memory
                for (int number : numbers) {
                    assertThat(number).isEqualTo(round);
                }
            }
        }
    }

    @Test
    void workTogetherAlsoAfterTheySlept() throws InterruptedException {
        try (Workers workers = new Workers(2)) {
            for (int round = 0; round < 3; round++) {
                Thread.sleep(20); // helpers have gone to sleep
                Set<Thread> threads = ConcurrentHashMap.newKeySet();
                CountDownLatch both = new CountDownLatch(2);
                workers.forEach(2, part -> {
                    threads.add(Thread.currentThread());
                    both.countDown();
                    await(both);
                });
                assertThat(threads).hasSize(2).contains(Thread.currentThread());
            }
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void doNotWaitAgainAtOnceForWhoWasPutAside() {
        try (Workers workers = new Workers(2)) {
            Thread caller = Thread.currentThread();
            CountDownLatch both = new CountDownLatch(2);
            workers.forEach(2, part -> {
                both.countDown();
                await(both);
                if (Thread.currentThread() != caller) {
                    LockSupport.parkNanos(1_000_000_000);
                }
            });
            Set<Thread> threads = ConcurrentHashMap.newKeySet();
            workers.forEach(1000, part -> threads.add(Thread.currentThread()));
            assertThat(threads).containsExactly(caller); // the helper rests for seconds
        }
    }

    @Test
    void failuresReachTheCaller() {
        try (Workers workers = new Workers(2)) {
            AtomicIntegerArray done = new AtomicIntegerArray(100);
            assertThatThrownBy(() -> workers.forEach(100, part -> {
                        done.incrementAndGet(part);
                        if (part == 50) {
                            throw new IllegalArgumentException("part 50");
                        }
                    }))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("part 50");
            assertThat(done.get(99)).isEqualTo(1);
            workers.forEach(100, done::incrementAndGet);
            assertThat(done.get(99)).isEqualTo(2);
        }
    }

    @Test
    void endWhenClosed() {
        Workers workers = new Workers(3);
        Set<Thread> threads = ConcurrentHashMap.newKeySet();
        CountDownLatch all = new CountDownLatch(3);
        workers.forEach(3, part -> {
            threads.add(Thread.currentThread());
            all.countDown();
            await(all);
        });
        workers.close();
        threads.remove(Thread.currentThread());
        assertThat(threads).hasSize(2).noneMatch(Thread::isAlive);
    }
}
