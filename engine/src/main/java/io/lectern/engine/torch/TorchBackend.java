package io.lectern.engine.torch;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.StandardCapabilities;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import io.lectern.engine.EngineException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The tensor runtime behind a model: a set of kernels and the one thread that calls them. libtorch keeps a pool of
 * workers for each thread that calls it, and a signal during a native call can end the process; so every call is made
 * by this thread, and {@link #close()} waits for it.
 *
 * <p>Work is handed over by {@link #run}; all other methods must be called from inside such work. Tensors pass as
 * opaque {@link TorchValue}s: DJL knows fewer data types and operations than libtorch, so all arithmetic is in the
 * kernels, and only plain numbers cross the border.
 */
public final class TorchBackend implements AutoCloseable {
    private static final String CLASS_NAME = "Kernels";

    /** What Java needs to know of a tensor's memory. */
    private static final String MEMORY_KERNELS = """
            def beginning(self, x: Tensor) -> Tensor:
              return x.view([-1])[0:1]

            def size_in_bytes(self, x: Tensor) -> int:
              return torch.numel(x) * torch.element_size(x)
            """;

    private final ExecutorService thread;
    private volatile Thread owner;
    private PtNDManager manager;
    private PtSymbolBlock kernels;

    private TorchBackend() {
        thread = Executors.newSingleThreadExecutor(task -> {
            owner = new Thread(task, "lectern-engine");
            owner.setDaemon(true);
            return owner;
        });
    }

    /**
     * Starts the runtime with the kernels of the given resources beside this class.
     *
     * @param threads workers for each operation
     * @param kernelResources names of the TorchScript files; their methods may call one another
     * @throws EngineException if the runtime is not available on this machine
     */
    public static TorchBackend start(int threads, List<String> kernelResources) {
        return startWithSource(threads, source(kernelResources));
    }

    /** The text of the kernels of the given resources beside this class. */
    public static String source(List<String> kernelResources) {
        StringBuilder source = new StringBuilder();
        kernelResources.forEach(name -> source.append(resource(name)).append('\n'));
        return source.toString();
    }

    static TorchBackend startWithSource(int threads, String source) {
        TorchBackend backend = new TorchBackend();
        try {
            backend.run(() -> backend.load(threads, source));
            return backend;
        } catch (RuntimeException | LinkageError e) {
            backend.close();
            throw new EngineException(
                    EngineException.Reason.FAILED, "The tensor runtime (libtorch) could not be started", e);
        }
    }

    /**
     * How many CUDA devices the tensor runtime can compute on: none where it is built for the processor only, however many
     * the machine has.
     *
     * @throws EngineException if the runtime is not available on this machine
     */
    public static int cudaDevices() {
        TorchBackend backend = startWithSource(1, "");
        try {
            return backend.run(() -> {
                Engine engine = Engine.getEngine("PyTorch");
                return engine.hasCapability(StandardCapabilities.CUDA) ? engine.getGpuCount() : 0;
            });
        } finally {
            backend.close();
        }
    }

    private Void load(int threads, String source) throws IOException {
        // Nothing is fetched and nobody is called: the libraries are on the class path.
        System.setProperty("ai.djl.offline", "true");
        System.setProperty("OPT_OUT_TRACKING", "true");
        WorkerPolicy.waitAsleep();
        Engine.getEngine("PyTorch");
        JniUtils.setNumThreads(threads);
        JniUtils.setGraphExecutorOptimize(false);
        manager = (PtNDManager) NDManager.newBaseManager(Device.cpu(), "PyTorch");
        byte[] archive = TorchScriptArchive.of(CLASS_NAME, source + MEMORY_KERNELS);
        kernels = JniUtils.loadModule(manager, new ByteArrayInputStream(archive), false, false);
        return null;
    }

    private static String resource(String name) {
        try (InputStream in = TorchBackend.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalArgumentException("no kernels named " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Has the runtime's thread do some work and waits for the result, also when the waiting thread is interrupted: a
     * native call cannot be left. Called from inside such work, it does it at once.
     */
    public <T> T run(Callable<T> work) {
        if (Thread.currentThread() == owner) {
            return call(work);
        }
        Future<T> future = thread.submit(work);
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return future.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException e) {
                    throw rethrow(e.getCause());
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static <T> T call(Callable<T> work) {
        try {
            return work.call();
        } catch (Exception e) {
            throw rethrow(e);
        }
    }

    private static RuntimeException rethrow(Throwable failure) {
        return switch (failure) {
            case RuntimeException e -> e;
            case Error e -> throw e;
            default -> new IllegalStateException(failure);
        };
    }

    /**
     * Calls a kernel.
     *
     * @param arguments TorchValue, Integer, Long, Double, Boolean, String, long[], double[] or a List of TorchValue
     *     holding tensors
     */
    public TorchValue call(String kernel, Object... arguments) {
        requireOwnThread();
        List<IValue> temporary = new ArrayList<>();
        try (PtNDManager scope = scope()) {
            IValue[] values = new IValue[arguments.length];
            for (int i = 0; i < arguments.length; i++) {
                if (arguments[i] instanceof TorchValue value) {
                    values[i] = value.value();
                } else {
                    values[i] = toValue(arguments[i], scope);
                    temporary.add(values[i]);
                }
            }
            return new TorchValue(IValueUtils.runMethod(kernels, kernel, values));
        } catch (ai.djl.engine.EngineException e) {
            throw new EngineException(
                    EngineException.Reason.FAILED, "The tensor runtime failed in the kernel " + kernel, e);
        } finally {
            temporary.forEach(IValue::close);
        }
    }

    private static IValue toValue(Object argument, PtNDManager scope) {
        return switch (argument) {
            case Integer number -> IValue.from(number.longValue());
            case Long number -> IValue.from(number);
            case Double number -> IValue.from(number);
            case Boolean flag -> IValue.from(flag);
            case String text -> IValue.from(text);
            case long[] numbers -> IValue.listFrom(numbers);
            case double[] numbers -> IValue.listFrom(numbers);
            case List<?> values ->
                IValue.listFrom(values.stream()
                        .map(value -> ((TorchValue) value).value().toTensor(scope))
                        .toArray(PtNDArray[]::new));
            default -> throw new IllegalArgumentException("kernels take no " + argument.getClass());
        };
    }

    /** Calls a kernel for what it does to its arguments. */
    public void execute(String kernel, Object... arguments) {
        call(kernel, arguments).close();
    }

    /** Calls a kernel that returns an f32 tensor and takes its numbers out, row after row. */
    public float[] floats(String kernel, Object... arguments) {
        try (TorchValue result = call(kernel, arguments)) {
            return floats(result);
        }
    }

    /** The numbers of an f32 tensor, row after row. */
    public float[] floats(TorchValue tensor) {
        requireOwnThread();
        try (PtNDManager scope = scope()) {
            return tensor.value().toTensor(scope).toFloatArray();
        }
    }

    /**
     * The memory of a contiguous tensor of any type on the processor, to be read and written by Java; valid as long as the
     * tensor. Any thread may touch it while no kernel does.
     */
    @SuppressWarnings("restricted") // the address is the tensor's own, and it has so many bytes
    public MemorySegment memory(TorchValue tensor) {
        requireOwnThread();
        // A buffer cannot be larger than 2 GB, a tensor can: only the beginning is asked for.
        try (TorchValue beginning = call("beginning", tensor);
                TorchValue size = call("size_in_bytes", tensor);
                PtNDManager scope = scope()) {
            long bytes = size.value().toLong();
            ByteBuffer buffer = JniUtils.getByteBuffer(beginning.value().toTensor(scope), true);
            return MemorySegment.ofAddress(MemorySegment.ofBuffer(buffer).address())
                    .reinterpret(bytes);
        }
    }

    /** A tensor of 32-bit floats. */
    public TorchValue tensor(float[] numbers, long... shape) {
        return tensor(MemorySegment.ofArray(numbers), DataType.FLOAT32, shape);
    }

    /** A tensor of 64-bit integers. */
    public TorchValue tensor(long[] numbers, long... shape) {
        return tensor(MemorySegment.ofArray(numbers), DataType.INT64, shape);
    }

    /** Numbers are copied into the tensor's own memory: a tensor made over a Java buffer would not keep it alive. */
    private TorchValue tensor(MemorySegment numbers, DataType type, long... shape) {
        requireOwnThread();
        try (PtNDManager scope = scope()) {
            TorchValue tensor = new TorchValue(IValue.from(scope.create(new Shape(shape), type)));
            if (numbers.byteSize() > 0) {
                memory(tensor).copyFrom(numbers);
            }
            return tensor;
        }
    }

    /** A dictionary of tensors, which keeps them alive. */
    public TorchValue dictionary(Map<String, TorchValue> tensors) {
        requireOwnThread();
        try (PtNDManager scope = scope()) {
            Map<String, PtNDArray> arrays = new LinkedHashMap<>();
            tensors.forEach((name, tensor) -> arrays.put(name, tensor.value().toTensor(scope)));
            return new TorchValue(IValue.stringMapFrom(arrays));
        }
    }

    /** A list of tensors, which keeps them alive. */
    public TorchValue list(List<TorchValue> tensors) {
        requireOwnThread();
        try (PtNDManager scope = scope()) {
            return new TorchValue(toValue(tensors, scope));
        }
    }

    private PtNDManager scope() {
        return manager.newSubManager(Device.cpu());
    }

    private void requireOwnThread() {
        if (Thread.currentThread() != owner) {
            throw new IllegalStateException("tensors are touched on the runtime's thread only");
        }
    }

    /** Waits for work under way, frees the kernels and ends the thread. */
    @Override
    public void close() {
        if (thread.isShutdown()) {
            return;
        }
        run(() -> {
            if (kernels != null) {
                kernels.close();
            }
            if (manager != null) {
                manager.close();
            }
            return null;
        });
        thread.close(); // waits until the thread has ended
    }
}
