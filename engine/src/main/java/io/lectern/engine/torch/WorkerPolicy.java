package io.lectern.engine.torch;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/**
 * How libtorch's workers wait for each other. By default they spin, which on a machine that does other things as well
 * makes everything wait for workers that are not running (docs/decisions/0010); asleep at once, they take long to wake. So
 * they spin for some microseconds and then sleep. Their library (GNU OpenMP) takes the policy from the environment of the process when it is loaded, and Java cannot change that but through the C library.
 */
final class WorkerPolicy {
    private static final String POLICY = "OMP_WAIT_POLICY";
    private static final String SPINS = "GOMP_SPINCOUNT";

    private WorkerPolicy() {}

    /** Lets workers sleep after a short wait, unless the user has said otherwise. To be called before libtorch is loaded. */
    @SuppressWarnings("restricted") // calls into the C library
    static void waitAsleep() {
        Linker linker = Linker.nativeLinker();
        Optional<MemorySegment> setenv = linker.defaultLookup().find("setenv");
        if (setenv.isEmpty() || System.getenv(POLICY) != null || System.getenv(SPINS) != null) {
            return; // no POSIX system, so not that library; or the user's choice
        }
        MethodHandle call = linker.downcallHandle(
                setenv.get(),
                FunctionDescriptor.of(
                        ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
        try (Arena arena = Arena.ofConfined()) {
            int policy = (int) call.invokeExact(arena.allocateFrom(POLICY), arena.allocateFrom("PASSIVE"), 1);
            int spins = (int) call.invokeExact(arena.allocateFrom(SPINS), arena.allocateFrom("1000"), 1);
            if (policy != 0 || spins != 0) {
                throw new IllegalStateException("the environment of this process cannot be changed");
            }
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("the environment of this process cannot be changed", e);
        }
    }
}
