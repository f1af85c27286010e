# The layers of the decoder, in TorchScript's serialised dialect: data types are numbers (f32 6, bf16 15, f16 5, i64 4).
# The stream x and everything between matrix products is f32; matrix products take bf16, or f32 where the weights are.
# w is the dictionary of one layer's weights: "NAME.weight" {outputs, inputs}, or its packed forms, see project.

# Root mean square norm (Zhang, Sennrich 2019): weight * x / sqrt(mean(x^2) + epsilon).
def rms_norm(self, x: Tensor, weight: Tensor, epsilon: float) -> Tensor:
  mean_square = torch.mean(torch.mul(x, x), [-1], True)
  return torch.mul_(torch.mul(x, torch.rsqrt(torch.add(mean_square, epsilon))), weight)

# x {tokens, inputs} times a matrix in the form it has: 4-bit codes in groups, value = (code - 8) * scale + zero; 8-bit
# codes with one scale a row; bf16; or f32. Returns f32 for f32, and else bf16, which is what these products round to.
def product(self, x: Tensor, w: Dict[str, Tensor], name: str) -> Tensor:
  if torch.__contains__(w, name + ".int4"):
    scale_zero = w[name + ".scale_zero"]
    y = torch._weight_int4pack_mm_for_cpu(x.to(15), w[name + ".int4"], x.size(1) // scale_zero.size(0), scale_zero)
  elif torch.__contains__(w, name + ".int8"):
    y = torch._weight_int8pack_mm(x.to(15), w[name + ".int8"], w[name + ".scale"])
  else:
    weight = w[name + ".weight"]
    y = torch.linear(x.to(weight.dtype), weight)
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

# Joins the output y of a part of a layer to the stream x, in place: x <- alpha * r + beta * y, where r is the normed
# stream n or x itself.
def join_stream(self, x: Tensor, n: Tensor, y: Tensor, alpha: float, beta: float, of_normed: bool) -> Tensor:
  r = x
  if of_normed:
    r = n
  return x.copy_(torch.add(torch.mul(y.to(6), beta), r, alpha=alpha))

# SwiGLU: down(silu(gate(n)) * up(n)). Gate and up are one matrix, or two.
def swiglu(self, n: Tensor, w: Dict[str, Tensor]) -> Tensor:
  if torch.__contains__(w, "ffn_up.weight"):
    x = n.to(w["ffn_up.weight"].dtype)
    between = torch.mul_(torch.silu_(self.product(x, w, "ffn_gate")), self.product(x, w, "ffn_up"))
  else:
    gate, up = torch.chunk(self.products(n, w, ["ffn_gate", "ffn_up"]), 2, -1)
    between = torch.mul(torch.silu(gate), up)
  return self.product(between, w, "ffn_down")

# SwiGLU with its norm, joined to the stream.
def dense_layer(self, x: Tensor, w: Dict[str, Tensor], epsilon: float, alpha: float, beta: float, of_normed: bool) -> Tensor:
  n = self.rms_norm(x, w["ffn_norm.weight"], epsilon)
  return self.join_stream(x, n, self.swiglu(n, w), alpha, beta, of_normed)

# Which experts work on each of the normed tokens n, and with what weight: {2, tokens, count}, the weights and then the
# experts' numbers. Softmax over all experts in f32; the weights of the likeliest are scaled to sum to 1.
def route(self, n: Tensor, router: Tensor, count: int) -> Tensor:
  weights, experts = torch.topk(torch.softmax(torch.linear(n, router), -1), count, -1)
  return torch.stack([torch.div(weights, torch.sum(weights, [-1], True)), experts.to(6)])

# How many tokens each expert works on.
def expert_loads(self, chosen: Tensor, experts: int) -> Tensor:
  return torch.bincount(chosen[1].reshape([-1]).to(4), None, experts).to(6)

# The choices, token by token, in the order of the experts.
def expert_order(self, chosen: Tensor) -> Tensor:
  sorted, order = torch.sort(chosen[1].reshape([-1]), stable=True, dim=0, descending=False)
  return order

# Adds what one expert makes of its tokens, which are the choices from `first` to before `after` in that order.
def add_expert(self, out: Tensor, n: Tensor, chosen: Tensor, order: Tensor, first: int, after: int, w: Dict[str, Tensor]) -> Tensor:
  choices = order[first:after]
  tokens = torch.div(choices, chosen.size(2), rounding_mode="floor")
  weights = chosen[0].reshape([-1]).index_select(0, choices).unsqueeze(1)
  y = self.swiglu(n.index_select(0, tokens), w).to(6)
  return out.index_add_(0, tokens, torch.mul_(y, weights))

# Mixes in the expert that works on every token, in place: (1 - c) * out + c * shared(n). c is the sigmoid of one number a token, or
# the softmax over that one number, which is 1.
def mix_shared_expert(self, out: Tensor, n: Tensor, w: Dict[str, Tensor], coefficient: Tensor, sigmoid: bool) -> Tensor:
  y = self.swiglu(n, w).to(6)
  share = torch.linear(n, coefficient)
  if sigmoid:
    share = torch.sigmoid(share)
  else:
    share = torch.softmax(share, -1)
  return out.lerp_(y, share)

def zeros_like(self, x: Tensor) -> Tensor:
  return torch.zeros_like(x)

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
