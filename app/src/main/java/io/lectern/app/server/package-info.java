/** Servers that a user lets Lectern use as its engine: their settings and keys. */
package io.lectern.app.server;
