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

# Products of the same x with several matrices, side by side. Neighbours of the same form are one matrix, which has the
# first one's name; so a processor's workers are woken once for all of them.
def products(self, x: Tensor, w: Dict[str, Tensor], names: List[str]) -> Tensor:
  parts = annotate(List[Tensor], [])
  for name in names:
    if torch.__contains__(w, name + ".int4") or torch.__contains__(w, name + ".int8") or torch.__contains__(w, name + ".weight"):
      parts = torch.append(parts, self.product(x, w, name))
  if len(parts) > 1:
    y = torch.cat(parts, -1)
  else:
    y = parts[0]
  return y

# The products with their biases, where they have them, in f32. The biases are one vector, which has the first one's name.
def project_each(self, x: Tensor, w: Dict[str, Tensor], names: List[str]) -> Tensor:
  y = self.products(x, w, names).to(6)
  if torch.__contains__(w, names[0] + ".bias"):
    y = torch.add_(y, w[names[0] + ".bias"])
  return y

def project(self, x: Tensor, w: Dict[str, Tensor], name: str) -> Tensor:
  return self.project_each(x, w, [name])

# SwiGLU with its norm and residual: x + down(silu(gate(n)) * up(n)), n = norm(x).
def dense_layer(self, x: Tensor, w: Dict[str, Tensor], epsilon: float) -> Tensor:
  n = self.rms_norm(x, w["ffn_norm.weight"], epsilon).to(15)
  gate, up = torch.chunk(self.products(n, w, ["ffn_gate", "ffn_up"]), 2, -1)
  inner = torch.mul(torch.silu(gate), up)
  return torch.add(x, self.product(inner, w, "ffn_down"))

# The `count` likeliest tokens of each row of logits, as f32: numbers of tokens are far below 2^24.
def likeliest(self, logits: Tensor, count: int) -> Tensor:
  return torch.topk(logits, min(count, logits.size(1)), -1)[1].to(6)

# Puts exact values for the candidates {tokens, candidates} into logits: the products of normed hidden states n
# {tokens, hidden} with the candidates' own rows of the head {tokens, candidates, hidden}, in f32.
def refine_logits(self, logits: Tensor, n: Tensor, candidates: Tensor, rows: Tensor) -> Tensor:
  exact = torch.matmul(rows, n.unsqueeze(2)).squeeze(2)
  return torch.scatter_(logits, 1, candidates, exact)

# Natural log-probabilities of the targets {tokens, 1}.
def log_probabilities(self, logits: Tensor, targets: Tensor) -> Tensor:
  return torch.sub(torch.gather(logits, 1, targets).squeeze(1), torch.logsumexp(logits, [1]))

def rows(self, x: Tensor, first: int, after: int) -> Tensor:
  return x[first:after]

def concatenate_rows(self, parts: List[Tensor]) -> Tensor:
  return torch.cat(parts, 0)
