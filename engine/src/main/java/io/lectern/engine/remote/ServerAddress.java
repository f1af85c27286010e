package io.lectern.engine.remote;

import io.lectern.engine.EngineException;
import java.net.InetAddress;
import java.net.URI;
import java.util.Locale;

/**
 * Where a server is.
 *
 * @param base of the OpenAI interface, such as {@code http://host:8000/v1}, without a slash at its end
 */
record ServerAddress(URI base) {

    /** @throws EngineException with SERVER if it is not the address of a server */
    static ServerAddress of(URI uri) {
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        if (!(scheme.equals("http") || scheme.equals("https")) || uri.getHost() == null || uri.getQuery() != null) {
            throw new EngineException(
                    EngineException.Reason.SERVER,
                    "The address of a server has the form http://host:port/v1 or https://host/v1.");
        }
        if (uri.getUserInfo() != null) {
            throw new EngineException(
                    EngineException.Reason.SERVER,
                    "Leave name and password out of the server's address; a key is given by LECTERN_API_KEY.");
        }
        String text = uri.toString().replaceFirst("#.*$", "").replaceFirst("/+$", "");
        return new ServerAddress(URI.create(text));
    }

    /** A path of the OpenAI interface, such as "/models". */
    URI of(String path) {
        return URI.create(base + path);
    }

    /** A path beside the OpenAI interface, such as "/tokenize": servers have those at their root. */
    URI beside(String path) {
        return URI.create(base.toString().replaceFirst("/v\\d+$", "") + path);
    }

    /** For people. */
    String shown() {
        return base.toString();
    }

    /** For people: where text goes, and whether others on the way can read it. */
    String described() {
        if (isThisMachine()) {
            return "the server at " + base + " on this machine";
        }
        boolean encrypted = base.getScheme().equalsIgnoreCase("https");
        return "the server at " + base + ", another machine" + (encrypted ? "" : ", not encrypted on the way");
    }

    private boolean isThisMachine() {
        String host = base.getHost().replaceAll("[\\[\\]]", "");
        // Only addresses written as such are looked at: a name may lead anywhere tomorrow.
        return host.equalsIgnoreCase("localhost")
                || (host.matches("[0-9.]+|[0-9a-fA-F:]+")
                        && InetAddress.ofLiteral(host).isLoopbackAddress());
    }
}
