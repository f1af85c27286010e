package io.lectern.ingest.extract.pdf;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Set;
import org.apache.pdfbox.cos.COSArray;
import org.apache.pdfbox.cos.COSDictionary;
import org.apache.pdfbox.cos.COSName;

/** A PDF's name tree, walked so that a damaged or malicious one ends too. */
final class NameTree {
    private NameTree() {}

    /** The number of its entries. */
    static int size(COSDictionary root) {
        Set<COSDictionary> visited = Collections.newSetFromMap(new IdentityHashMap<>());
        Deque<COSDictionary> open = new ArrayDeque<>();
        open.add(root);
        int size = 0;
        while (!open.isEmpty()) {
            COSDictionary node = open.pop();
            if (!visited.add(node)) {
                continue;
            }
            COSArray names = node.getCOSArray(COSName.NAMES);
            size += names == null ? 0 : names.size() / 2;
            COSArray kids = node.getCOSArray(COSName.KIDS);
            for (int i = 0; kids != null && i < kids.size(); i++) {
                if (kids.getObject(i) instanceof COSDictionary kid) {
                    open.add(kid);
                }
            }
        }
        return size;
    }
}
