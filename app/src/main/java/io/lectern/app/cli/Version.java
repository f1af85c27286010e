package io.lectern.app.cli;

import picocli.CommandLine.IVersionProvider;

/** Which Lectern this is. */
final class Version implements IVersionProvider {
    /** The version in the jar's manifest, or "development" where it runs from class files. */
    static String current() {
        String version = Version.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    @Override
    public String[] getVersion() {
        return new String[] {"Lectern " + current()};
    }
}
