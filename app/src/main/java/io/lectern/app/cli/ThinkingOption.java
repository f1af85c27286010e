package io.lectern.app.cli;

import io.lectern.engine.Engine;
import io.lectern.engine.Thinking;
import io.lectern.engine.ThinkingBudget;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The option {@code --thinking}: how much a model may think before it answers. */
final class ThinkingOption {
    @Option(
            names = "--thinking",
            paramLabel = "BUDGET",
            converter = BudgetConverter.class,
            description =
                    "How much the model may think before each answer, where it is one that thinks: none, brief (2,000"
                            + " tokens), standard (8,000, the default), deep (40,000), or a number of tokens.")
    private ThinkingBudget budget;

    /** Reads a budget, with the engine's own words where there is none. */
    static final class BudgetConverter implements ITypeConverter<ThinkingBudget> {
        @Override
        public ThinkingBudget convert(String words) {
            try {
                return ThinkingBudget.of(words);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }

    /** The budget that was asked for; null if none was. */
    ThinkingBudget asked() {
        return budget;
    }

    /** Leave to think before one answer. */
    Thinking begin() {
        return new Thinking(budget == null ? ThinkingBudget.STANDARD : budget);
    }

    /** Says so where thinking is asked of a model that is not known to think. */
    void remarkIfUseless(Engine engine, Terminal terminal) {
        if (budget != null && budget.tokens() > 0 && !engine.thinks()) {
            terminal.remark(engine.info().model() + " is not known to think before it answers: --thinking may change"
                    + " nothing.");
        }
    }
}
