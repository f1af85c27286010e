package io.lectern.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.lectern.engine.embedded.TestModels;
import io.lectern.engine.local.LocalEngine;
import java.util.List;
import org.junit.jupiter.api.Test;

class BenchmarkTest {

    @Test
    void measuresEachLengthOfPrompt() {
        try (Engine engine =
                LocalEngine.open(TestModels.smolLm2(), EngineOptions.standard().withThreads(1))) {
            Benchmark.Report report = Benchmark.run(engine, List.of(120, 240), 4, 1, new Cancellation());

            assertThat(report.results()).hasSize(2);
            for (int i = 0; i < 2; i++) {
                Benchmark.Result result = report.results().get(i);
                assertThat(result.promptTokens()).isBetween(100 + 100 * i, 160 + 120 * i);
                assertThat(result.prefillTokensPerSecond()).isPositive();
                assertThat(result.generatedTokens()).isEqualTo(4);
                assertThat(result.decodeTokensPerSecond()).isPositive();
                assertThat(result.weightGigabytesPerSecond()).isPositive();
            }
            assertThat(report.weightBytesPerToken())
                    .as("at most what the file holds and the larger scales")
                    .isBetween(80_000_000L, 110_000_000L);
            assertThat(report.bound()).contains("GB/s");
        }
    }
}
