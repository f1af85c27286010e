package io.lectern.app.desktop.library;

import io.lectern.ingest.document.DocumentId;
import io.lectern.ingest.matter.LibraryEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import javafx.beans.property.ReadOnlyLongProperty;
import javafx.beans.property.ReadOnlyLongWrapper;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;

/** A row of the library: a folder or a file. */
public final class LibraryNode {
    private final String name;
    private final LibraryEntry entry;
    private final LibraryNode parent;
    private final List<LibraryNode> children = new ArrayList<>();
    private final ReadOnlyObjectWrapper<Choice> choice = new ReadOnlyObjectWrapper<>(this, "choice", Choice.NONE);
    private final ReadOnlyLongWrapper tokens = new ReadOnlyLongWrapper(this, "tokens");
    private boolean exact;

    /** @param entry null for a folder */
    LibraryNode(String name, LibraryEntry entry, LibraryNode parent) {
        this.name = name;
        this.entry = entry;
        this.parent = parent;
        if (parent != null) {
            parent.children.add(this);
        }
    }

    /** The last part of the path. */
    public String name() {
        return name;
    }

    /** The file; null for a folder. */
    public LibraryEntry entry() {
        return entry;
    }

    public boolean isFolder() {
        return entry == null;
    }

    public List<LibraryNode> children() {
        return List.copyOf(children);
    }

    /** Whether the model can read it: a file with text, or a folder with one. */
    public boolean isUsable() {
        return isFolder() ? children.stream().anyMatch(LibraryNode::isUsable) : entry.isUsable();
    }

    public ReadOnlyObjectProperty<Choice> choiceProperty() {
        return choice.getReadOnlyProperty();
    }

    /** Tokens of the file, or of all files below the folder. */
    public ReadOnlyLongProperty tokensProperty() {
        return tokens.getReadOnlyProperty();
    }

    /** Whether the tokens were counted by the model's tokenizer; otherwise they are estimated from the characters. */
    public boolean isExact() {
        return exact;
    }

    boolean contains(DocumentId id) {
        return entry != null && id.equals(entry.documentId());
    }

    void setTokens(long count, boolean counted) {
        exact = counted;
        tokens.set(count);
    }

    /** Makes a folder's number the sum of its children's, from the leaves up. */
    void sumTokens() {
        if (isFolder()) {
            children.forEach(LibraryNode::sumTokens);
            exact = children.stream().filter(LibraryNode::isUsable).allMatch(LibraryNode::isExact);
            tokens.set(children.stream().mapToLong(child -> child.tokens.get()).sum());
        }
    }

    /** Chooses all files below, or none of them. */
    void choose(boolean all) {
        files(file -> file.choice.set(all && file.isUsable() ? Choice.ALL : Choice.NONE));
    }

    /** Makes folders say whether all, some or none of what is below them is chosen, from the leaves up. */
    void sumChoices() {
        if (!isFolder()) {
            return;
        }
        boolean some = false;
        boolean all = true;
        for (LibraryNode child : children) {
            child.sumChoices();
            if (child.isUsable()) {
                some |= child.choice.get() != Choice.NONE;
                all &= child.choice.get() == Choice.ALL;
            }
        }
        choice.set(!some ? Choice.NONE : all ? Choice.ALL : Choice.SOME);
    }

    /** Visits the files below, or this file. */
    void files(Consumer<LibraryNode> visitor) {
        if (isFolder()) {
            children.forEach(child -> child.files(visitor));
        } else {
            visitor.accept(this);
        }
    }

    @Override
    public String toString() {
        return parent == null ? name : parent + "/" + name;
    }
}
