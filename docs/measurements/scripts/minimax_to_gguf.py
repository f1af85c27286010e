"""Writes a MiniMax-M1 / MiniMax-Text-01 folder (config.json and safetensors, -hf layout, no tokenizer) as a GGUF file of
the architecture minimax-01, for llama.cpp.

usage: minimax_to_gguf.py FOLDER FILE.gguf [f32|f16|bf16|q8_0]      (default f32)

Needs Python 3 with numpy, safetensors and gguf (PyPI). The names and keys are those that llama.cpp reads for minimax-01;
they are written out here, so any gguf package will do. Norms and routers stay in f32. Tokens are numbers only: the file
says that it has no vocabulary, which is enough for llama-bench and for comparing logits.
"""

import json
import sys
from pathlib import Path

import gguf
import numpy as np
from safetensors import safe_open

ARCHITECTURE = "minimax-01"
TYPES = {
    "f32": gguf.GGMLQuantizationType.F32,
    "f16": gguf.GGMLQuantizationType.F16,
    "bf16": gguf.GGMLQuantizationType.BF16,
    "q8_0": gguf.GGMLQuantizationType.Q8_0,
}


def write_configuration(writer, config):
    """The keys that llama.cpp asks for."""

    def key(name):
        return f"{ARCHITECTURE}.{name}"

    lightning = [kind == "linear_attention" for kind in config["layer_types"]]
    softmax = [i for i, linear in enumerate(lightning) if not linear]
    interval = softmax[0] + 1
    if softmax != list(range(interval - 1, len(lightning), interval)):
        sys.exit("llama.cpp expects softmax attention in every n-th layer")
    scales = {config[f"{part}_alpha_factor"] for part in ("full_attn", "linear_attn", "mlp")}
    if len(scales) != 1:
        sys.exit("llama.cpp knows one residual scale for all parts")
    writer.add_uint32(key("block_count"), config["num_hidden_layers"])
    writer.add_uint32(key("context_length"), config["max_position_embeddings"])
    writer.add_uint32(key("embedding_length"), config["hidden_size"])
    writer.add_uint32(key("feed_forward_length"), config["intermediate_size"])
    writer.add_uint32(key("attention.head_count"), config["num_attention_heads"])
    writer.add_uint32(key("attention.head_count_kv"), config["num_key_value_heads"])
    writer.add_uint32(key("attention.key_length"), config["head_dim"])
    writer.add_uint32(key("attention.value_length"), config["head_dim"])
    writer.add_uint32(key("rope.dimension_count"), config.get("rotary_dim", config["head_dim"]))
    writer.add_float32(key("rope.freq_base"), config["rope_parameters"]["rope_theta"])
    writer.add_float32(key("attention.layer_norm_rms_epsilon"), config["rms_norm_eps"])
    writer.add_uint32(key("expert_count"), config["num_local_experts"])
    writer.add_uint32(key("expert_used_count"), config["num_experts_per_tok"])
    writer.add_float32(key("residual_scale"), scales.pop())
    writer.add_uint32(key("full_attention_interval"), interval)
    writer.add_uint32(key("vocab_size"), config["vocab_size"])
    writer.add_string("tokenizer.ggml.model", "no_vocab")


def tensors(config, read):
    """Pairs of the name in the GGUF file and the numbers."""
    yield "token_embd.weight", read("model.embed_tokens.weight")
    yield "output_norm.weight", read("model.norm.weight")
    yield "output.weight", read("lm_head.weight")
    for layer, kind in enumerate(config["layer_types"]):
        source, target = f"model.layers.{layer}.", f"blk.{layer}."
        yield target + "attn_norm.weight", read(source + "input_layernorm.weight")
        yield target + "ffn_norm.weight", read(source + "post_attention_layernorm.weight")
        mixer = source + "self_attn."
        if kind == "linear_attention":
            yield target + "attn_qkv.weight", read(mixer + "qkv_proj.weight")
            yield target + "attn_gate.weight", read(mixer + "output_gate.weight")
            yield target + "attn_norm_2.weight", read(mixer + "norm.weight")
            yield target + "attn_output.weight", read(mixer + "out_proj.weight")
        else:
            for letter in "qkv":
                yield f"{target}attn_{letter}.weight", read(f"{mixer}{letter}_proj.weight")
            yield target + "attn_output.weight", read(mixer + "o_proj.weight")
        mixture = source + "block_sparse_moe."
        yield target + "ffn_gate_inp.weight", read(mixture + "gate.weight")
        for name, part in (("gate", "w1"), ("down", "w2"), ("up", "w3")):
            experts = [read(f"{mixture}experts.{e}.{part}.weight") for e in range(config["num_local_experts"])]
            yield f"{target}ffn_{name}_exps.weight", np.stack(experts)


def main():
    folder, destination = Path(sys.argv[1]), sys.argv[2]
    matrices = TYPES[sys.argv[3] if len(sys.argv) > 3 else "f32"]
    config = json.loads((folder / "config.json").read_text())
    places = {}
    for path in sorted(folder.glob("model*.safetensors")):
        file = safe_open(path, framework="np")
        places.update({name: file for name in file.keys()})
    writer = gguf.GGUFWriter(destination, ARCHITECTURE)
    write_configuration(writer, config)
    for name, numbers in tensors(config, lambda name: places[name].get_tensor(name)):
        numbers = np.ascontiguousarray(numbers, dtype=np.float32)
        exact = numbers.ndim == 1 or name.endswith("ffn_gate_inp.weight")
        kind = TYPES["f32"] if exact else matrices
        writer.add_tensor(name, gguf.quants.quantize(numbers, kind), raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


if __name__ == "__main__":
    main()
