package io.lectern.engine.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lectern.engine.EngineException;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TorchBackendTest {
    private static final String KERNELS = """
            def twice(self, x: Tensor) -> Tensor:
              return torch.mul(x, 2.0)

            def sum_of(self, parts: List[Tensor], named: Dict[str, Tensor], scale: float, repeat: int) -> Tensor:
              total = named["start"]
              for i in range(repeat):
                for part in parts:
                  total = torch.add(total, self.twice(part), alpha=scale)
              return total
            """;

    @Test
    void kernelsAreWrittenAsTextAndCallOneAnother() {
        try (TorchBackend backend = TorchBackend.startWithSource(1, KERNELS)) {
            float[] result = backend.run(() -> {
                try (TorchValue one = backend.tensor(new float[] {1, 2}, 2);
                        TorchValue ten = backend.tensor(new float[] {10, 20}, 2);
                        TorchValue named = backend.dictionary(Map.of("start", ten))) {
                    return backend.floats("sum_of", List.of(one, ten), named, 0.5, 3);
                }
            });
            assertThat(result).containsExactly(10 + 3 * 11, 20 + 3 * 22);
        }
    }

    @Test
    void aTensorsMemoryCanBeWrittenByJava() {
        try (TorchBackend backend = TorchBackend.startWithSource(1, KERNELS)) {
            float[] result = backend.run(() -> {
                try (TorchValue tensor = backend.tensor(new float[3], 3)) {
                    backend.memory(tensor).setAtIndex(ValueLayout.JAVA_FLOAT, 1, 21);
                    return backend.floats("twice", tensor);
                }
            });
            assertThat(result).containsExactly(0, 42, 0);
        }
    }

    @Test
    void whatFailsIsSaid() {
        try (TorchBackend backend = TorchBackend.startWithSource(1, KERNELS)) {
            assertThatThrownBy(() -> backend.run(() -> backend.call("no_such_kernel")))
                    .isInstanceOf(EngineException.class)
                    .hasMessageContaining("no_such_kernel");
            assertThatThrownBy(() -> backend.tensor(new float[1], 1))
                    .as("on a thread that is not the runtime's")
                    .isInstanceOf(IllegalStateException.class);
        }
        assertThatThrownBy(() -> TorchBackend.startWithSource(1, "def broken(self, x: Tensor) -> Tensor:\n  return y"))
                .isInstanceOf(EngineException.class);
    }
}
