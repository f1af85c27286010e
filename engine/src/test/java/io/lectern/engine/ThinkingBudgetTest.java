package io.lectern.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

class ThinkingBudgetTest {
    @Test
    void hasNamesAndNumbers() {
        assertThat(ThinkingBudget.of("Brief")).isEqualTo(ThinkingBudget.BRIEF);
        assertThat(ThinkingBudget.of("off"))
                .isEqualTo(ThinkingBudget.of("none"))
                .isEqualTo(new ThinkingBudget(0));
        assertThat(ThinkingBudget.of("12345").tokens()).isEqualTo(12_345);
        for (String words : List.of("none", "brief", "standard", "deep", "12345")) {
            assertThat(ThinkingBudget.of(words)).hasToString(words);
        }
    }

    @Test
    void whatIsNoBudgetIsRefusedWithWhatIs() {
        for (String words : List.of("", "much", "-1", "1e9", "9999999999")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> ThinkingBudget.of(words))
                    .withMessageContaining("none, brief, standard, deep or a number");
        }
    }
}
