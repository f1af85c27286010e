package io.lectern.app.cli;

import io.lectern.app.analysis.AnswerBrokenOffException;
import io.lectern.engine.EngineException;
import io.lectern.ingest.matter.MatterException;
import java.util.concurrent.CancellationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IFactory;
import picocli.CommandLine.ParameterException;

/** The command {@code lectern}: its commands, and what becomes of what they throw. */
@Command(
        name = "lectern",
        description =
                "Reads whole document sets into a language model on your own hardware, answers questions about them"
                        + " with citations proved against the source, and exports annotated reports. Nothing leaves this machine, unless"
                        + " you name a server with --engine.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            DemoCommand.class,
            OpenCommand.class,
            IngestCommand.class,
            TextCommand.class,
            AskCommand.class,
            ExportCommand.class,
            VerifyCommand.class,
            ReadingsCommand.class,
            EngineCommand.class,
            DoctorCommand.class,
            CommandLine.HelpCommand.class
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        footer = {
            "",
            "Exit codes: 0 done; 2 wrong use; 3 done, with findings a person should read; 4 a quotation could not be"
                    + " verified; 5 refused (does not fit, locked, not found); 70 internal.",
            "With --json the result is JSON on standard output, and nothing else is there."
        })
final class LecternCommand {
    private static final Logger LOG = LoggerFactory.getLogger(LecternCommand.class);

    private LecternCommand() {}

    /** Runs the command that the arguments name. */
    static int run(Terminal terminal, String... arguments) {
        CommandLine line = new CommandLine(new LecternCommand(), factory(terminal));
        line.setOut(new java.io.PrintWriter(terminal.out(), true));
        line.setErr(new java.io.PrintWriter(terminal.err(), true));
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setParameterExceptionHandler((wrong, given) -> wrongUse(terminal, wrong));
        line.setExecutionExceptionHandler((failure, command, parsed) -> failed(terminal, failure));
        if (arguments.length == 0) {
            line.usage(terminal.out());
            return ExitCode.WRONG_USE;
        }
        return line.execute(arguments);
    }

    /** Commands are made with the terminal they print to. */
    private static IFactory factory(Terminal terminal) {
        IFactory usual = CommandLine.defaultFactory();
        return new IFactory() {
            @Override
            public <K> K create(Class<K> type) throws Exception {
                for (var constructor : type.getDeclaredConstructors()) {
                    if (constructor.getParameterCount() == 1 && constructor.getParameterTypes()[0] == Terminal.class) {
                        return type.cast(constructor.newInstance(terminal));
                    }
                }
                return usual.create(type);
            }
        };
    }

    private static int wrongUse(Terminal terminal, ParameterException wrong) {
        CommandLine command = wrong.getCommandLine();
        terminal.remark("lectern: " + wrong.getMessage());
        CommandLine.UnmatchedArgumentException.printSuggestions(wrong, new java.io.PrintWriter(terminal.err(), true));
        terminal.remark("Try: " + command.getCommandSpec().qualifiedName() + " --help");
        return ExitCode.WRONG_USE;
    }

    private static int failed(Terminal terminal, Exception failure) {
        return switch (failure) {
            case Refusal refusal -> {
                terminal.remark("lectern: " + refusal.getMessage());
                yield refusal.exitCode();
            }
            case EngineException engine
            when engine.reason() != EngineException.Reason.FAILED -> {
                terminal.remark("lectern: " + engine.getMessage());
                yield ExitCode.REFUSED;
            }
            case AnswerBrokenOffException brokenOff -> {
                terminal.remark("lectern: " + brokenOff.getMessage());
                yield ExitCode.REFUSED;
            }
            case MatterException matter -> {
                terminal.remark("lectern: " + matter.getMessage());
                yield ExitCode.REFUSED;
            }
            case CancellationException _ -> {
                terminal.remark("lectern: called off");
                yield ExitCode.REFUSED;
            }
            default -> {
                LOG.error("command failed: {}", failure.getClass().getName(), failure);
                terminal.remark("lectern: something went wrong inside Lectern: " + failure.getMessage());
                terminal.remark("Details are in " + System.getProperty("lectern.log"));
                yield ExitCode.INTERNAL;
            }
        };
    }
}
