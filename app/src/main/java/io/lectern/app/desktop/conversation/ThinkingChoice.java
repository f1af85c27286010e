package io.lectern.app.desktop.conversation;

import io.lectern.app.analysis.Answer;
import io.lectern.app.desktop.theme.Amounts;
import io.lectern.engine.Thinking;
import io.lectern.engine.ThinkingBudget;
import java.util.List;
import javafx.beans.property.BooleanProperty;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.ReadOnlyDoubleProperty;
import javafx.beans.property.ReadOnlyDoubleWrapper;
import javafx.beans.property.SimpleBooleanProperty;
import javafx.beans.property.SimpleObjectProperty;

/** How much a model may think before it answers: what there is to choose, what is chosen, and how long that may take. */
public final class ThinkingChoice {
    private final ObjectProperty<ThinkingBudget> budget =
            new SimpleObjectProperty<>(this, "budget", ThinkingBudget.STANDARD);
    private final BooleanProperty offered = new SimpleBooleanProperty(this, "offered");
    private final ReadOnlyDoubleWrapper tokensPerSecond = new ReadOnlyDoubleWrapper(this, "tokensPerSecond");

    /** What is chosen. */
    public ObjectProperty<ThinkingBudget> budgetProperty() {
        return budget;
    }

    /** Whether there is anything to choose: the engine that is open is known to think. */
    public BooleanProperty offeredProperty() {
        return offered;
    }

    /** How fast the last answer was written; 0 while no answer tells. */
    public ReadOnlyDoubleProperty tokensPerSecondProperty() {
        return tokensPerSecond.getReadOnlyProperty();
    }

    /** What there is to choose: the four that have names, and a number that was chosen elsewhere. */
    public List<ThinkingBudget> choices() {
        List<ThinkingBudget> named =
                List.of(ThinkingBudget.NONE, ThinkingBudget.BRIEF, ThinkingBudget.STANDARD, ThinkingBudget.DEEP);
        return named.contains(budget.get())
                ? named
                : java.util.stream.Stream.concat(named.stream(), java.util.stream.Stream.of(budget.get()))
                        .toList();
    }

    Thinking begin() {
        return new Thinking(budget.get());
    }

    /** Takes from an answer how fast its model writes. */
    void learn(Answer answer) {
        if (answer.drafting() != null && answer.drafting().tokensPerSecond() > 0) {
            tokensPerSecond.set(answer.drafting().tokensPerSecond());
        }
    }

    /** "Brief", "12,000 tokens". */
    static String name(ThinkingBudget budget) {
        String name = budget.toString();
        return Character.isDigit(name.charAt(0))
                ? Amounts.count(budget.tokens(), "token", "tokens")
                : Character.toUpperCase(name.charAt(0)) + name.substring(1);
    }

    /** What a budget comes to: "up to 2,000 tokens, 2 min". */
    String describe(ThinkingBudget of) {
        if (of.tokens() == 0) {
            return "answers at once";
        }
        double speed = tokensPerSecond.get();
        return "up to " + Amounts.count(of.tokens(), "token", "tokens")
                + (speed > 0 ? ", " + Amounts.duration(of.tokens() / speed) : "");
    }

    /** "at most 6 min left". */
    static String atMost(int tokens, double tokensPerSecond) {
        return "at most " + Amounts.duration(tokens / tokensPerSecond) + " left";
    }
}
