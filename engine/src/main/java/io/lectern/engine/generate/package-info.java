/** From the model's logits to text: choosing tokens, whole characters, and when to stop. */
package io.lectern.engine.generate;
