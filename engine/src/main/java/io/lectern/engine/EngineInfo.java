package io.lectern.engine;

/**
 * What an engine is: enough to say on a report which model answered, and to plan what fits.
 *
 * @param model name of the model
 * @param architecture such as "qwen2", "llama" or "minimax"
 * @param quantization such as "Q4_K_M"; empty if unknown
 * @param sha256 hash of the weights file in lower-case hexadecimal; empty where it cannot be known
 * @param parameters number of weights; 0 if unknown
 * @param contextWindow tokens that a context can hold, prompt and answer together
 * @param contextBytesPerToken memory that each token of a context takes; 0 if unknown
 * @param runsOn where it runs, for people: "this machine (CPU, 2 threads)" or a server's address
 * @param local whether nothing leaves this machine
 * @param exactTokens whether token counts are the model's own
 */
public record EngineInfo(
        String model,
        String architecture,
        String quantization,
        String sha256,
        long parameters,
        int contextWindow,
        long contextBytesPerToken,
        String runsOn,
        boolean local,
        boolean exactTokens) {

    /** Whether and where text goes, in a line for people. */
    public String privacy() {
        return local
                ? "Nothing leaves this machine."
                : "Text leaves Lectern: documents and questions go to " + runsOn + ".";
    }
}
