/** Files in, documents out, matters on disk. Knows nothing of models or windows. */
package io.lectern.ingest;
