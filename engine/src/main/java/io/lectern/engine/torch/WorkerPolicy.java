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
 * makes everything wait for workers that are not running (docs/decisions/0010). Their library (GNU OpenMP) takes the
 * policy from the environment of the process when it is loaded, and Java cannot change that but through the C library.
 */
final class WorkerPolicy {
    private static final String VARIABLE = "OMP_WAIT_POLICY";

    private WorkerPolicy() {}

    /** Lets workers sleep while they wait, unless the user has said otherwise. To be called before libtorch is loaded. */
    @SuppressWarnings("restricted") // calls into the C library
    static void waitAsleep() {
        Linker linker = Linker.nativeLinker();
        Optional<MemorySegment> setenv = linker.defaultLookup().find("setenv");
        if (setenv.isEmpty() || System.getenv(VARIABLE) != null) {
            return; // no POSIX system, so not that library; or the user's choice
        }
        MethodHandle call = linker.downcallHandle(
                setenv.get(),
                FunctionDescriptor.of(
                        ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
        try (Arena arena = Arena.ofConfined()) {
            int result = (int) call.invokeExact(arena.allocateFrom(VARIABLE), arena.allocateFrom("PASSIVE"), 1);
            if (result != 0) {
                throw new IllegalStateException("the environment of this process cannot be changed");
            }
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("the environment of this process cannot be changed", e);
        }
    }
}
