package io.lectern.ingest.extract.office;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.xml.stream.XMLStreamException;
import org.apache.poi.openxml4j.exceptions.InvalidFormatException;
import org.apache.poi.openxml4j.opc.OPCPackage;
import org.apache.poi.openxml4j.opc.PackageAccess;
import org.apache.poi.openxml4j.opc.PackagePart;
import org.apache.poi.openxml4j.opc.PackageRelationship;
import org.apache.poi.openxml4j.opc.TargetMode;

/** The parts of a Word document, opened through POI, whose limits on the ratio of packed entries hold. */
final class WordPackage implements AutoCloseable {
    /** Largest unpacked part that is read, in bytes; the text of 100,000 pages takes less. */
    static final long LARGEST_PART = 256L << 20;

    private static final XmlNode.Part NOTHING = XmlNode.parse(InputStream.nullInputStream());

    private final OPCPackage opened;
    private final PackagePart main;
    private final List<String> damagedParts = new ArrayList<>();

    private WordPackage(OPCPackage opened, PackagePart main) {
        this.opened = opened;
        this.main = main;
    }

    /** A part is larger than what is read, or POI takes it for a zip bomb. */
    static final class TooBigException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        TooBigException(String message) {
            super(message);
        }
    }

    /**
     * Opens a document.
     *
     * @throws InvalidFormatException if it is not a package with a main document
     */
    static WordPackage open(Path file) throws InvalidFormatException {
        OPCPackage opened = OPCPackage.open(file.toFile(), PackageAccess.READ);
        try {
            for (PackageRelationship relationship : opened.getRelationships()) {
                boolean isMain = relationship.getRelationshipType().endsWith("/officeDocument");
                PackagePart part = isMain ? opened.getPart(relationship) : null;
                if (part != null) {
                    return new WordPackage(opened, part);
                }
            }
            throw new InvalidFormatException("the package has no main document");
        } catch (InvalidFormatException | RuntimeException e) {
            opened.revert();
            throw e;
        }
    }

    @Override
    public void close() {
        opened.revert();
    }

    /** The main document's XML. */
    XmlNode document() {
        return read(main);
    }

    /** The XML of the part that the main document names by the kind of relationship ("styles"); empty if there is none. */
    XmlNode related(String kind) {
        return relationshipsOf(kind).stream()
                .map(this::target)
                .flatMap(Optional::stream)
                .findFirst()
                .map(this::read)
                .orElse(NOTHING.root());
    }

    /** The XML of every part that the main document names by a kind of relationship, in the order of their names. */
    List<XmlNode> allRelated(String kind) {
        return relationshipsOf(kind).stream()
                .map(this::target)
                .flatMap(Optional::stream)
                .sorted((a, b) -> a.getPartName().compareTo(b.getPartName()))
                .map(this::read)
                .toList();
    }

    boolean has(String kind) {
        return !relationshipsOf(kind).isEmpty();
    }

    /** Parts that ended before their end, by name. */
    List<String> damagedParts() {
        return damagedParts;
    }

    private List<PackageRelationship> relationshipsOf(String kind) {
        List<PackageRelationship> found = new ArrayList<>();
        try {
            for (PackageRelationship relationship : main.getRelationships()) {
                if (relationship.getRelationshipType().endsWith("/" + kind)) {
                    found.add(relationship);
                }
            }
        } catch (InvalidFormatException e) {
            damaged("the list of parts");
        }
        return found;
    }

    private Optional<PackagePart> target(PackageRelationship relationship) {
        if (relationship.getTargetMode() == TargetMode.EXTERNAL) {
            return Optional.empty();
        }
        try {
            Optional<PackagePart> part = Optional.ofNullable(main.getRelatedPart(relationship));
            if (part.isEmpty()) {
                damaged(relationship.getTargetURI().toString());
            }
            return part;
        } catch (InvalidFormatException | IllegalArgumentException e) {
            damaged(relationship.getTargetURI().toString());
            return Optional.empty();
        }
    }

    private XmlNode read(PackagePart part) {
        String name = part.getPartName().getName();
        try (InputStream in = new Limited(part.getInputStream(), name)) {
            XmlNode.Part read = XmlNode.parse(in);
            if (read.damage().isPresent()) {
                XMLStreamException damage = read.damage().get();
                refuseBomb(damage.getNestedException(), name);
                damaged(name);
            }
            return read.root();
        } catch (IOException e) {
            refuseBomb(e, name);
            damaged(name);
            return NOTHING.root();
        }
    }

    private void damaged(String part) {
        if (!damagedParts.contains(part)) {
            damagedParts.add(part);
        }
    }

    /** POI has no exception of its own for what its ZipSecureFile refuses. */
    private static void refuseBomb(Throwable cause, String part) {
        if (cause != null && String.valueOf(cause.getMessage()).contains("Zip bomb detected")) {
            throw new TooBigException("its part " + part + " unpacks to more than a hundred times its size");
        }
    }

    /** Counts what comes out of a part. */
    private static final class Limited extends FilterInputStream {
        private final String part;
        private long count;

        Limited(InputStream in, String part) {
            super(in);
            this.part = part;
        }

        @Override
        public int read() throws IOException {
            int b = super.read();
            count(b < 0 ? 0 : 1);
            return b;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int read = super.read(bytes, offset, length);
            count(Math.max(0, read));
            return read;
        }

        private void count(int read) {
            count += read;
            if (count > LARGEST_PART) {
                throw new TooBigException(
                        "its part " + part + " is larger than " + (LARGEST_PART >> 20) + " MiB when unpacked");
            }
        }
    }
}
