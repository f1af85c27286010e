/**
 * Tokens in, tokens out: all that the application may use of the engine. The interfaces are shaped so that an
 * implementation can run the model in this process, or talk to a server that only knows messages.
 */
package io.lectern.engine;
