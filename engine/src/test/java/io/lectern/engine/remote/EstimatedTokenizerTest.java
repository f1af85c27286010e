package io.lectern.engine.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lectern.engine.EngineException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EstimatedTokenizerTest {
    private final EstimatedTokenizer tokenizer = new EstimatedTokenizer();

    /** The counts of Qwen2.5's own tokenizer, which were measured. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "Der Mieter ist verpflichtet, die vereinbarte Miete spätestens am dritten Werktag zu entrichten.|30",
                "The Tenant shall pay a monthly rent of EUR 1,250.00, due on the third working day of each month.|29",
                "承租人应当于每月第三个工作日之前支付租金。|12"
            })
    void isRatherAboveThanBelow(String text, int counted) {
        assertThat(tokenizer.count(text)).isBetween((int) (0.75 * counted), 2 * counted);
    }

    @Test
    void nothingHasNoTokens() {
        assertThat(tokenizer.count("")).isZero();
    }

    @Test
    void tokensThemselvesAreNotKnown() {
        assertThatThrownBy(() -> tokenizer.encode("a")).isInstanceOf(EngineException.class);
        assertThatThrownBy(() -> tokenizer.decode(new int[] {1})).isInstanceOf(EngineException.class);
    }
}
