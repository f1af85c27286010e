package io.lectern.ingest.extract.office;

import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import javax.xml.XMLConstants;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * An element of an Office part: names with the customary prefix of their namespace ("w:p"), whatever prefix the file
 * itself uses, transitional and strict namespaces alike.
 */
final class XmlNode {
    /** Deeper nesting than any editor makes; the walk over the tree is recursive. */
    private static final int DEEPEST = 500;

    private static final String WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";

    private static final Map<String, String> PREFIXES = Map.ofEntries(
            Map.entry(WORD, "w"),
            Map.entry("http://purl.oclc.org/ooxml/wordprocessingml/main", "w"),
            Map.entry("http://schemas.openxmlformats.org/markup-compatibility/2006", "mc"),
            Map.entry("http://schemas.openxmlformats.org/officeDocument/2006/relationships", "r"),
            Map.entry("http://purl.oclc.org/ooxml/officeDocument/relationships", "r"),
            Map.entry("http://schemas.openxmlformats.org/officeDocument/2006/math", "m"),
            Map.entry("http://purl.oclc.org/ooxml/officeDocument/math", "m"),
            Map.entry("http://schemas.openxmlformats.org/drawingml/2006/main", "a"),
            Map.entry("http://purl.oclc.org/ooxml/drawingml/main", "a"),
            Map.entry("http://schemas.openxmlformats.org/drawingml/2006/chart", "c"),
            Map.entry("http://purl.oclc.org/ooxml/drawingml/chart", "c"),
            Map.entry("http://schemas.openxmlformats.org/drawingml/2006/diagram", "dgm"),
            Map.entry("urn:schemas-microsoft-com:vml", "v"),
            Map.entry("urn:schemas-microsoft-com:office:office", "o"));

    private final String name;
    private final Map<String, String> attributes;
    private final List<XmlNode> children = new ArrayList<>(2);
    private String text = "";

    private XmlNode(String name, Map<String, String> attributes) {
        this.name = name;
        this.attributes = attributes;
    }

    /**
     * A part that was parsed.
     *
     * @param root its root element; empty of children where nothing could be read
     * @param damage what stopped the reading before the end; empty if nothing did
     */
    record Part(XmlNode root, Optional<XMLStreamException> damage) {}

    /**
     * Parses a part. Document type declarations are refused and nothing outside the stream is ever fetched. Of a damaged
     * part everything before the damage is kept.
     */
    static Part parse(InputStream in) {
        XmlNode document = new XmlNode("", Map.of());
        Optional<XMLStreamException> damage = Optional.empty();
        try {
            XMLStreamReader reader = factory().createXMLStreamReader(in);
            try {
                read(reader, document);
            } finally {
                reader.close();
            }
        } catch (XMLStreamException e) {
            damage = Optional.of(e);
        }
        XmlNode root = document.children.isEmpty() ? document : document.children.getFirst();
        return new Part(root, damage);
    }

    private static XMLInputFactory factory() {
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        factory.setProperty(XMLInputFactory.IS_COALESCING, true);
        factory.setProperty(XMLConstants.ACCESS_EXTERNAL_DTD, "");
        return factory;
    }

    private static void read(XMLStreamReader reader, XmlNode document) throws XMLStreamException {
        Deque<XmlNode> open = new ArrayDeque<>();
        open.push(document);
        while (reader.hasNext()) {
            switch (reader.next()) {
                case XMLStreamConstants.START_ELEMENT -> {
                    if (open.size() > DEEPEST) {
                        throw new XMLStreamException("more than " + DEEPEST + " elements inside one another");
                    }
                    XmlNode node = new XmlNode(
                            prefixed(reader.getNamespaceURI(), reader.getLocalName()), attributesOf(reader));
                    open.getFirst().children.add(node);
                    open.push(node);
                }
                case XMLStreamConstants.END_ELEMENT -> open.pop();
                case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA -> {
                    if (open.getFirst().children.isEmpty()) {
                        open.getFirst().text += reader.getText();
                    }
                }
                case XMLStreamConstants.DTD -> throw new XMLStreamException("a document type declaration");
                default -> {}
            }
        }
    }

    private static Map<String, String> attributesOf(XMLStreamReader reader) {
        if (reader.getAttributeCount() == 0) {
            return Map.of();
        }
        Map<String, String> attributes = new HashMap<>();
        for (int i = 0; i < reader.getAttributeCount(); i++) {
            attributes.put(
                    prefixed(reader.getAttributeNamespace(i), reader.getAttributeLocalName(i)),
                    reader.getAttributeValue(i));
        }
        return attributes;
    }

    private static String prefixed(String namespace, String localName) {
        if (namespace == null || namespace.isEmpty()) {
            return localName;
        }
        return (PREFIXES.getOrDefault(namespace, "?") + ":" + localName).intern();
    }

    String name() {
        return name;
    }

    boolean is(String otherName) {
        return name.equals(otherName);
    }

    List<XmlNode> children() {
        return children;
    }

    /** The characters of an element without children. */
    String text() {
        return text;
    }

    /** An attribute's value; empty if it is missing. */
    String attribute(String attribute) {
        return attributes.getOrDefault(attribute, "");
    }

    /** The {@code w:val} attribute; empty if it is missing. */
    String value() {
        return attribute("w:val");
    }

    Optional<XmlNode> child(String childName) {
        return children.stream().filter(child -> child.is(childName)).findFirst();
    }

    /** The element at the end of a path of children. */
    Optional<XmlNode> at(String first, String... rest) {
        Optional<XmlNode> node = child(first);
        for (String next : rest) {
            node = node.flatMap(found -> found.child(next));
        }
        return node;
    }

    /** The {@code w:val} of a child; empty if there is none. */
    Optional<String> valueAt(String first, String... rest) {
        return at(first, rest).map(XmlNode::value);
    }

    Stream<XmlNode> children(String childName) {
        return children.stream().filter(child -> child.is(childName));
    }

    /** This element and all below it, in document order. */
    Stream<XmlNode> all() {
        return Stream.concat(Stream.of(this), children.stream().flatMap(XmlNode::all));
    }

    /**
     * A property that is on when its element is there, unless its value says no.
     *
     * @return empty if the element is not there
     */
    Optional<Boolean> toggle(String childName) {
        return child(childName).map(node -> !List.of("0", "false", "off").contains(node.value()));
    }

    /** An attribute's value as a number, where it is one. */
    Optional<Integer> number(String attribute) {
        try {
            return Optional.of(Integer.parseInt(attribute(attribute).strip()));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }
}
