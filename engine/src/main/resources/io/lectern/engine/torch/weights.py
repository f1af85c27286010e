# Forms of weights that the kernels take.

# Room for numbers that Java writes: codes (u8 0, i8 1) or matrices widened to bf16 (15).
def new_matrix(self, rows: int, columns: int, type: int) -> Tensor:
  return torch.empty([rows, columns], dtype=type)

# 4-bit codes, one in each byte {outputs, inputs}, in the order in which the product reads them.
def pack_int4(self, codes: Tensor) -> Tensor:
  return torch._convert_weight_to_int4pack_for_cpu(codes.to(3), 1)

def to_bf16(self, x: Tensor) -> Tensor:
  return x.to(15)

# A matrix in the room that is kept for widened ones.
def matrix_view(self, workspace: Tensor, first: int, rows: int, columns: int) -> Tensor:
  return workspace.view([-1])[first:first + rows * columns].view([rows, columns])

# A bf16 matrix as it lies in a file, memory-mapped; `first` counts bf16 numbers from the beginning of the file.
def mapped_matrix(self, path: str, first: int, rows: int, columns: int) -> Tensor:
  file = torch.from_file(path, False, first + rows * columns, dtype=15)
  return file[first:first + rows * columns].view([rows, columns])
