/**
 * Word documents. Apache POI opens the package and guards it against zip bombs; the XML under it is read here, because
 * XWPF's object model loses what a careful reader needs: revisions, hidden text, computed numbers, text boxes, the order
 * of things (docs/decisions/0040).
 */
package io.lectern.ingest.extract.office;
