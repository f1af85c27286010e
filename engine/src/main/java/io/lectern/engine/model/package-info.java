/**
 * What a model is made of, and where its weights lie: the file formats, the configuration read from them, the layers as
 * data, the tokenizer and the chat template. Knows nothing of how a layer is computed.
 */
package io.lectern.engine.model;
