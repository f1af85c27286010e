package io.lectern.app.cli;

import io.lectern.engine.embedded.UserFolders;

/** Starts the command that the command line names. */
public final class Main {
    private Main() {}

    /** Runs one command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        // Before the first logger wakes: logs lie with the user's data, not among documents.
        if (System.getProperty("lectern.log") == null) {
            System.setProperty(
                    "lectern.log",
                    UserFolders.data().resolve("logs").resolve("lectern.log").toString());
        }
        Terminal terminal = new Terminal(System.out, System.err, isScreen());
        System.exit(LecternCommand.run(terminal, arguments));
    }

    private static boolean isScreen() {
        return System.console() != null && System.console().isTerminal();
    }
}
