/**
 * The small models that Lectern can run without anybody bringing one: what they are, where they lie on this machine, and
 * how they get there, which only happens when asked for.
 */
package io.lectern.engine.embedded;
