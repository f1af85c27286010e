package io.lectern.ingest.document;

/**
 * A page of a document whose format has fixed pages.
 *
 * @param number counted from 1
 * @param span the page's part of {@link Document#text()}
 * @param width in points (1/72 inch), as displayed: cropped and rotated
 * @param height in points, as displayed
 */
public record Page(int number, Span span, float width, float height) {}
