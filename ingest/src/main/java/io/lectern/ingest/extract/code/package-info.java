/** Source files: read as they stand, addressed by line. */
package io.lectern.ingest.extract.code;
