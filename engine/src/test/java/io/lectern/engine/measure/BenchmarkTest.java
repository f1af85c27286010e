package io.lectern.engine.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lectern.engine.Cancellation;
import io.lectern.engine.EngineException;
import io.lectern.engine.EngineOptions;
import io.lectern.engine.embedded.TestModels;
import io.lectern.engine.measure.Benchmark.Plan;
import io.lectern.engine.model.MiniMaxTiny;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class BenchmarkTest {
    private static final EngineOptions OPTIONS = EngineOptions.standard().withThreads(1);

    private static Benchmark.Report measure(Path model, Plan plan) {
        return Benchmark.run(model, OPTIONS, plan, new Cancellation());
    }

    @Test
    void measuresEachLengthOfPromptOfAModelFile() {
        Benchmark.Report report = measure(TestModels.smolLm2(), new Plan(List.of(120, 240), 4, 1));

        assertMeasured(report, 120, 240);
        assertThat(report.weightBytesPerToken())
                .as("at most what the file holds and the larger scales")
                .isBetween(80_000_000L, 110_000_000L);
        assertThat(report.bound()).contains("GB/s");
    }

    @Test
    void aFolderNeedsNoTokenizer() {
        assertMeasured(measure(MiniMaxTiny.folder(), new Plan(List.of(1, 300), 4, 3)), 1, 300);
    }

    @Test
    void whatDoesNotFitTheWindowIsRefused() {
        assertThatThrownBy(() -> measure(TestModels.smolLm2(), new Plan(List.of(8_190), 4, 1)))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("8,190")
                .hasMessageContaining("8,192");
    }

    private static void assertMeasured(Benchmark.Report report, int... lengths) {
        assertThat(report.runs())
                .extracting(Benchmark.Run::promptTokens)
                .containsExactly(java.util.Arrays.stream(lengths).boxed().toArray(Integer[]::new));
        for (Benchmark.Run run : report.runs()) {
            assertThat(run.prefillTokensPerSecond()).isPositive();
            assertThat(run.decodeTokensPerSecond()).isPositive();
            assertThat(run.firstTokenMillis()).isPositive();
            assertThat(run.peakMegabytes()).isNotNegative();
            assertThat(run.weightGigabytesPerSecond()).isPositive();
        }
    }
}
