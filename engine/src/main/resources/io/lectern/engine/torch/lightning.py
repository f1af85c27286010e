# Lightning attention (Qin et al. 2024, as in MiniMax-01): linear attention with a fixed decay for each head.

# The state {heads, key dimension, value dimension} before any token.
def new_lightning_state(self, heads: int, dimension: int) -> Tensor:
  return torch.zeros([heads, dimension, dimension], dtype=6)

def copy_of(self, x: Tensor) -> Tensor:
  return x.clone()

# Attention of q, k, v {heads, tokens, dimension} over the state, which is brought up to date in place. With S the state
# before a block of m tokens, s the slope and i, j from 1:
#   o_i = e^(-s i) q_i S + sum over j <= i of e^(-s (i - j)) (q_i . k_j) v_j
#   S  <- e^(-s m) S + sum over j of e^(-s (m - j)) k_j^T v_j
# which is the same as token by token for any size of block; every exponent is negative, so nothing overflows. The state is
# changed by what it loses, (e^(-s m) - 1) S: a factor near 1 would be rounded, the same way at every step.
def lightning_blocks(self, q: Tensor, k: Tensor, v: Tensor, state: Tensor, slopes: Tensor, block: int) -> Tensor:
  tokens = q.size(1)
  m = min(block, tokens)
  places = torch.arange(1, m + 1, dtype=6, device=q.device).unsqueeze(1)
  query_decay = torch.exp(torch.neg(torch.mul(slopes, places)))
  key_decay = torch.exp(torch.neg(torch.mul(slopes, torch.sub(torch.full([1, 1], float(m), dtype=6, device=q.device), places))))
  distances = torch.clamp_min(torch.sub(places, places.transpose(0, 1)), 0.0)
  decay = torch.tril(torch.exp(torch.neg(torch.mul(slopes, distances))))
  out = torch.empty_like(q)
  first = 0
  while first < tokens:
    after = min(first + m, tokens)
    size = after - first
    q_block = q[:, first:after]
    k_block = k[:, first:after]
    v_block = v[:, first:after]
    among = torch.mul_(torch.matmul(q_block, k_block.transpose(1, 2)), decay[:, 0:size, 0:size])
    out[:, first:after].copy_(torch.baddbmm(torch.matmul(among, v_block), torch.mul(q_block, query_decay[:, 0:size]), state))
    state.addcmul_(state, torch.expm1(torch.mul(slopes, -float(size))))
    state.baddbmm_(torch.mul(k_block, key_decay[:, m - size:]).transpose(1, 2), v_block)
    first = after
  return out

# Lightning attention with its norms and gate, joined to the stream.
def lightning_layer(self, x: Tensor, w: Dict[str, Tensor], epsilon: float, alpha: float, beta: float, of_normed: bool, state: Tensor, slopes: Tensor, output_epsilon: float, block: int) -> Tensor:
  tokens = x.size(0)
  heads = state.size(0)
  dimension = state.size(1)
  n = self.rms_norm(x, w["attn_norm.weight"], epsilon)
  qkv = torch.silu_(self.project(n, w, "attn_qkv")).view([tokens, heads, 3, dimension]).permute([2, 1, 0, 3])
  if tokens > 1:
    attended = self.lightning_blocks(qkv[0], qkv[1], qkv[2], state, slopes, block)
  else:
    change = torch.mul(state, torch.expm1(torch.neg(slopes)))
    state.add_(change.addcmul_(qkv[1].transpose(1, 2), qkv[2]))
    attended = torch.matmul(qkv[0], state)
  attended = attended.transpose(0, 1).reshape([tokens, heads * dimension])
  gate = torch.sigmoid(self.project(n, w, "attn_gate"))
  gated = torch.mul(self.rms_norm(attended, w["attn_norm_2.weight"], output_epsilon), gate)
  return self.join_stream(x, n, self.project(gated, w, "attn_output"), alpha, beta, of_normed)
