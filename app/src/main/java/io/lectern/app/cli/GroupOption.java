package io.lectern.app.cli;

import java.util.OptionalInt;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The option {@code --group} of commands that write weights of few bits. */
final class GroupOption {
    @Option(
            names = "--group",
            paramLabel = "N",
            description = "Weights of a row that share a scale (default: 128 for int4, the whole row for int8).")
    private Integer group;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    /** The number, if one was given. */
    OptionalInt elements() {
        if (group != null && group < 1) {
            throw new ParameterException(spec.commandLine(), "a group has at least 1 weight");
        }
        return group == null ? OptionalInt.empty() : OptionalInt.of(group);
    }
}
