package io.lectern.engine.measure;

import static org.assertj.core.api.Assertions.assertThat;

import io.lectern.engine.CacheType;
import io.lectern.engine.Cancellation;
import io.lectern.engine.EngineOptions;
import io.lectern.engine.WeightPrecision;
import io.lectern.engine.model.MiniMaxTiny;
import org.junit.jupiter.api.Test;

class ForkBenchmarkTest {
    @Test
    void forksAnswerAsReadingsOfTheirOwnWould() {
        ForkBenchmark.Report report = ForkBenchmark.run(
                MiniMaxTiny.folder(),
                EngineOptions.standard()
                        .withThreads(2)
                        .withWeights(WeightPrecision.F32)
                        .withCache(CacheType.F32),
                new ForkBenchmark.Plan(1_500, 20, 6, 5),
                new Cancellation());

        assertThat(report.sameAnswers()).isTrue();
        assertThat(report.together().seconds()).isPositive();
        assertThat(report.separately().seconds()).isPositive();
    }
}
