/**
 * The engine over a server that speaks the OpenAI interface: vLLM, SGLang, llama.cpp's server, transformers serve, Lectern's
 * own. A context is a list of messages; the server reads it whenever it is asked for something, and shares what is read
 * already by means of its own. Text leaves the program here and nowhere else.
 */
package io.lectern.engine.remote;
