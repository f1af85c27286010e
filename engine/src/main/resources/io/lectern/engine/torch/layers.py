# The layers of the decoder, in TorchScript's serialised dialect: data types are numbers (f32 6, bf16 15, f16 5, i64 4).
# The residual stream and everything between matrix products is f32; matrix products take bf16.
# w is the dictionary of one layer's weights: "NAME.weight" {outputs, inputs}, or its packed forms, see project.

# Root mean square norm (Zhang, Sennrich 2019): weight * x / sqrt(mean(x^2) + epsilon).
def rms_norm(self, x: Tensor, weight: Tensor, epsilon: float) -> Tensor:
  mean_square = torch.mean(torch.mul(x, x), [-1], True)
  return torch.mul_(torch.mul(x, torch.rsqrt(torch.add(mean_square, epsilon))), weight)

# x {tokens, inputs} times a matrix in the form it has: 4-bit codes in groups of 32, value = (code - 8) * scale + zero;
# 8-bit codes with one scale a row; or bf16. Returns bf16, which is what these products round to.
def product(self, x: Tensor, w: Dict[str, Tensor], name: str) -> Tensor:
  x16 = x.to(15)
  if torch.__contains__(w, name + ".int4"):
    y = torch._weight_int4pack_mm_for_cpu(x16, w[name + ".int4"], 32, w[name + ".scale_zero"])
  elif torch.__contains__(w, name + ".int8"):
    y = torch._weight_int8pack_mm(x16, w[name + ".int8"], w[name + ".scale"])
  else:
    y = torch.linear(x16, w[name + ".weight"])
  return y

# The product with its bias, where it has one, in f32.
def project(self, x: Tensor, w: Dict[str, Tensor], name: str) -> Tensor:
  y = self.product(x, w, name).to(6)
  if torch.__contains__(w, name + ".bias"):
    y = torch.add_(y, w[name + ".bias"])
  return y

# SwiGLU with its norm and residual: x + down(silu(gate(n)) * up(n)), n = norm(x).
def dense_layer(self, x: Tensor, w: Dict[str, Tensor], epsilon: float) -> Tensor:
  n = self.rms_norm(x, w["ffn_norm.weight"], epsilon).to(15)
  inner = torch.mul_(torch.silu_(self.product(n, w, "ffn_gate")), self.product(n, w, "ffn_up"))
  return torch.add(x, self.product(inner, w, "ffn_down"))

# Logits of hidden states x {tokens, hidden}. A packed product rounds its results to bf16, far too coarse to tell near
# candidates apart; so the logits of the likeliest tokens, and of the targets where they are given, are computed again
# in f32.
def logits(self, x: Tensor, w: Dict[str, Tensor], epsilon: float, targets: Tensor) -> Tensor:
  n = self.rms_norm(x, w["output_norm.weight"], epsilon)
  y = self.project(n, w, "output")
  best = torch.topk(y, min(64, y.size(1)), -1)
  candidates = torch.cat([best[1], targets], 1)
  if torch.__contains__(w, "output.int8"):
    rows = torch.index_select(w["output.int8"], 0, candidates.reshape([-1])).to(6)
    scales = torch.index_select(w["output.scale"], 0, candidates.reshape([-1])).to(6).view_as(candidates)
  else:
    rows = torch.index_select(w["output.weight"], 0, candidates.reshape([-1])).to(6)
    scales = torch.ones_like(candidates, dtype=6)
  rows = rows.view([candidates.size(0), candidates.size(1), -1])
  exact = torch.matmul(rows, n.unsqueeze(2)).squeeze(2)
  return torch.scatter_(y, 1, candidates, torch.mul(exact, scales))

# Natural log-probabilities of the targets {tokens, 1} after hidden states x {tokens, hidden}.
def log_probabilities(self, x: Tensor, w: Dict[str, Tensor], epsilon: float, targets: Tensor) -> Tensor:
  y = self.logits(x, w, epsilon, targets)
  return torch.sub(torch.gather(y, 1, targets).squeeze(1), torch.logsumexp(y, [1]))

def rows(self, x: Tensor, first: int, after: int) -> Tensor:
  return x[first:after]

def concatenate_rows(self, parts: List[Tensor]) -> Tensor:
  return torch.cat(parts, 0)
