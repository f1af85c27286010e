/** Plain text and Markdown of any charset. */
package io.lectern.ingest.extract.text;
