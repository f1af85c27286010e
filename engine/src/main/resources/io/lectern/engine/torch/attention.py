# Softmax attention over a cache of blocks.

# Cosines and sines of rotary position embedding {2, tokens, dimensions / 2} for tokens from `position` on: the angle of
# pair j is position * theta^(-2j / dimensions). Angles in f64, so that they stay exact at a million tokens.
def rotary_angles(self, position: int, tokens: int, dimensions: int, theta: float) -> Tensor:
  exponents = torch.div(torch.arange(0, dimensions, 2, dtype=7), float(dimensions))
  frequencies = torch.reciprocal(torch.pow(theta, exponents))
  positions = torch.arange(position, position + tokens, dtype=7)
  angles = torch.mul(positions.unsqueeze(1), frequencies.unsqueeze(0))
  return torch.stack([torch.cos(angles), torch.sin(angles)]).to(6)

# Turns x {tokens, heads, dimension}. Pairs are (2j, 2j + 1) if interleaved, else (j, j + dimensions / 2) of the first
# `dimensions` numbers of a head; the others pass.
def rotate(self, x: Tensor, angles: Tensor, interleaved: bool) -> Tensor:
  cosine = angles[0].unsqueeze(1)
  sine = angles[1].unsqueeze(1)
  half = angles.size(2)
  turned = x[:, :, 0:2 * half]
  if interleaved:
    a = turned[:, :, 0::2]
    b = turned[:, :, 1::2]
  else:
    a = turned[:, :, 0:half]
    b = turned[:, :, half:2 * half]
  a2 = torch.sub(torch.mul(a, cosine), torch.mul(b, sine))
  b2 = torch.add(torch.mul(b, cosine), torch.mul(a, sine))
  if interleaved:
    result = torch.stack([a2, b2], -1).flatten(2)
  else:
    result = torch.cat([a2, b2], -1)
  if 2 * half < x.size(2):
    result = torch.cat([result, x[:, :, 2 * half:]], -1)
  return result

# A block of the cache: keys and values {2, key-value heads, capacity, head dimension}.
def new_block(self, heads: int, capacity: int, dimension: int, type: int) -> Tensor:
  return torch.empty([2, heads, capacity, dimension], dtype=type)

# The scales of a block of 8-bit codes {2, key-value heads, capacity, 1}.
def new_scales(self, heads: int, capacity: int) -> Tensor:
  return torch.empty([2, heads, capacity, 1], dtype=6)

# Writes keys and values {2, heads, tokens, dimension} into a block behind the `start` tokens it holds.
def write_block(self, block: Tensor, scales: List[Tensor], start: int, kv: Tensor) -> Tensor:
  after = start + kv.size(2)
  if len(scales) > 0:
    scale = torch.clamp_min(torch.div(torch.amax(torch.abs(kv), [-1], True), 127.0), 1.0e-30)
    scales[-1][:, :, start:after].copy_(scale)
    kv = torch.round_(torch.div(kv, scale))
  return block[:, :, start:after].copy_(kv)

# Keys and values of a block from token `first` to before `after`, in f32.
def read_block(self, block: Tensor, scales: List[Tensor], index: int, first: int, after: int) -> Tensor:
  kv = block[:, :, first:after].to(6)
  if len(scales) > 0:
    kv = torch.mul_(kv, scales[index][:, :, first:after])
  return kv

# Grouped-query attention with its norm, joined to the stream. The keys and values of x's tokens are written into the last
# block behind the `lengths[-1]` tokens it holds. Past tokens are attended to block by block without a mask, the new tokens
# among themselves causally; the parts are merged by their log-sum-exp, which gives the same as one softmax over all (as in
# FlashAttention, Dao et al. 2022). `scales` is empty unless the blocks are 8-bit codes.
def attention_layer(self, x: Tensor, w: Dict[str, Tensor], epsilon: float, alpha: float, beta: float, of_normed: bool, blocks: List[Tensor], scales: List[Tensor], lengths: List[int], angles: Tensor, interleaved: bool) -> Tensor:
  last = blocks[-1]
  tokens = x.size(0)
  kv_heads = last.size(1)
  dimension = last.size(3)
  n = self.rms_norm(x, w["attn_norm.weight"], epsilon)
  qkv = self.project_each(n, w, ["attn_q", "attn_k", "attn_v"]).view([tokens, -1, dimension])
  heads = qkv.size(1) - 2 * kv_heads
  qk = self.rotate(qkv[:, 0:heads + kv_heads], angles, interleaved)
  q = qk[:, 0:heads]
  group = heads // kv_heads
  start = lengths[-1]
  self.write_block(last, scales, start, torch.stack([qk[:, heads:], qkv[:, heads + kv_heads:]]).transpose(1, 2))
  # {key-value heads, group, tokens, dimension}; a group's queries share their keys and values.
  q = q.reshape([tokens, kv_heads, group, dimension]).permute([1, 2, 0, 3])
  if tokens > 1:
    kv = self.read_block(last, scales, len(blocks) - 1, start, start + tokens)
    k_all = kv[0].unsqueeze(1).expand([-1, group, -1, -1])
    v_all = kv[1].unsqueeze(1).expand([-1, group, -1, -1])
    merged, merged_weight = torch._scaled_dot_product_flash_attention_for_cpu(q, k_all, v_all, 0.0, True)
    unmasked = 0
    piece = 4096
  else:
    # A single token sees all of the last block, itself included: there is no causal part. Pieces of this size stay in
    # a processor's cache when they are widened.
    merged = torch.zeros_like(q)
    merged_weight = torch.full([kv_heads, group, tokens], -1.0e30, dtype=6)
    unmasked = 1
    piece = 512
  q_rows = q.reshape([1, kv_heads, group * tokens, dimension])
  i = 0
  for block in blocks:
    length = lengths[i]
    if i == len(blocks) - 1:
      length = length + unmasked
    first = 0
    while first < length:
      after = min(first + piece, length)
      past = self.read_block(block, scales, i, first, after)
      part, part_weight = torch._scaled_dot_product_flash_attention_for_cpu(q_rows, past[0].unsqueeze(0), past[1].unsqueeze(0), 0.0, False)
      part = part.reshape([kv_heads, group, tokens, dimension])
      part_weight = part_weight.reshape([kv_heads, group, tokens])
      share = torch.sigmoid(torch.sub(part_weight, merged_weight)).unsqueeze(3)
      merged = torch.lerp(merged, part, share)
      merged_weight = torch.logaddexp(merged_weight, part_weight)
      first = after
    i = i + 1
  attended = merged.permute([2, 0, 1, 3]).reshape([tokens, heads * dimension])
  return self.join_stream(x, n, self.project(attended, w, "attn_output"), alpha, beta, of_normed)
