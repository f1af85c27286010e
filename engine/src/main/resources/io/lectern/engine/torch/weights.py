# Forms of weights that the kernels take.

# Room for numbers that Java writes: codes (u8 0, i8 1), matrices widened to bf16 (15) or f32 (6), or the stream (f32 6).
def new_matrix(self, rows: int, columns: int, type: int) -> Tensor:
  return torch.empty([rows, columns], dtype=type)

# 4-bit codes, one in each byte {outputs, inputs}, packed {outputs, inputs / 2} in the order in which the product reads
# them: blocks of up to 64 outputs one behind the other, so that a part of the outputs can be packed by itself. Parts,
# because packing takes the codes as i32.
def pack_int4(self, codes: Tensor) -> Tensor:
  outputs = codes.size(0)
  packed = torch.empty([outputs, codes.size(1) // 2], dtype=0)
  first = 0
  while first < outputs:
    after = min(first + 4096, outputs)
    packed[first:after].copy_(torch._convert_weight_to_int4pack_for_cpu(codes[first:after].to(3), 1))
    first = after
  return packed

# Packed matrices with the same inputs (or their scales) as one, the outputs of one behind those of the other.
def join(self, parts: List[Tensor], dimension: int) -> Tensor:
  return torch.cat(parts, dimension)

def to_bf16(self, x: Tensor) -> Tensor:
  return x.to(15)

# A matrix in the room that is kept for widened ones.
def matrix_view(self, workspace: Tensor, first: int, rows: int, columns: int) -> Tensor:
  return workspace.view([-1])[first:first + rows * columns].view([rows, columns])

# A matrix of f32 or bf16 as it lies in a file, memory-mapped; `first` counts its numbers from the beginning of the file.
def mapped_matrix(self, path: str, first: int, rows: int, columns: int, type: int) -> Tensor:
  file = torch.from_file(path, False, first + rows * columns, dtype=type)
  return file[first:first + rows * columns].view([rows, columns])
