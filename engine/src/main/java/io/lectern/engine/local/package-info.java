/** The engine that runs a model in this process: conversations over a decoder. */
package io.lectern.engine.local;
