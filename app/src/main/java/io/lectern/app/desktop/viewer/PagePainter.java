package io.lectern.app.desktop.viewer;

import java.awt.image.BufferedImage;

/** Draws pages of one document. Used by one thread at a time. */
public interface PagePainter extends AutoCloseable {

    /**
     * A picture of a page as displayed.
     *
     * @param page counted from 1
     * @param scale pixels a point
     */
    BufferedImage paint(int page, double scale);

    /** Lets go of the file. */
    @Override
    void close();
}
