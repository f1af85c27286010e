package io.lectern.engine.vector;

import io.lectern.engine.model.LayerSpec.Lightning;
import io.lectern.engine.vector.Products.Product;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.List;
import jdk.incubator.vector.FloatVector;

/** Lightning attention of single tokens: see {@link Lightning}. */
final class LightningStep implements MixerStep {
    private final Lightning spec;
    private final VectorMatrix queryKeyValue;
    private final VectorMatrix gate;
    private final float[] norm;
    private final VectorMatrix output;
    private final Workers workers;

    /** What part of its state a head loses at a step, negative: a factor near 1 would be rounded, always the same way. */
    private final float[] losses;

    private final Rooms<MixerRoom> rooms;

    LightningStep(
            Lightning spec,
            VectorMatrix queryKeyValue,
            VectorMatrix gate,
            float[] norm,
            VectorMatrix output,
            Workers workers) {
        this.spec = spec;
        this.queryKeyValue = queryKeyValue;
        this.gate = gate;
        this.norm = norm;
        this.output = output;
        this.workers = workers;
        losses = new float[spec.heads()];
        for (int head = 0; head < losses.length; head++) {
            losses[head] = (float) Math.expm1(-spec.slopes().get(head));
        }
        rooms = new Rooms<>(
                () -> new MixerRoom(queryKeyValue.rows() + gate.rows(), spec.heads() * spec.headDimension()));
    }

    @Override
    public void forward(List<Activations> normed, List<float[]> outputs, List<LayerMemory> memories, long[] positions) {
        List<MixerRoom> tokens = rooms.first(normed.size());
        int gateAt = queryKeyValue.rows();
        List<float[]> projected = tokens.stream().map(room -> room.projected()).toList();
        Products.compute(
                workers,
                List.of(
                        new Product(queryKeyValue, normed, projected, 0),
                        new Product(gate, normed, projected, gateAt)));
        workers.forEach(tokens.size() * spec.heads(), part -> {
            int token = part / spec.heads();
            MemorySegment states = Lanes.view(((LayerMemory.States) memories.get(token)).numbers());
            attend(states, part % spec.heads(), tokens.get(token));
        });
        int inner = spec.heads() * spec.headDimension();
        for (MixerRoom room : tokens) {
            float[] heads = room.attended().numbers();
            VectorFunctions.rmsNorm(heads, inner, norm, spec.outputNormEpsilon(), heads);
            VectorFunctions.multiplyBySigmoid(heads, inner, room.projected(), gateAt);
            room.attended().ready();
        }
        List<Activations> attended =
                tokens.stream().map(room -> room.attended()).toList();
        Products.compute(workers, List.of(new Product(output, attended, outputs, 0)));
    }

    /** S ← S + (e^(−slope) − 1) · S + kᵀv, o = q · S, for one head of one token. */
    private void attend(MemorySegment states, int head, MixerRoom room) {
        float[] projected = room.projected();
        int dimension = spec.headDimension();
        int query = head * 3 * dimension;
        int key = query + dimension;
        int value = key + dimension;
        VectorFunctions.silu(projected, query, 3 * dimension);
        float[] heads = room.attended().numbers();
        int result = head * dimension;
        VectorFunctions.scale(0, heads, result, dimension);
        long rowBytes = (long) dimension * Float.BYTES;
        long row = head * dimension * rowBytes;
        for (int i = 0; i < dimension; i++) {
            step(
                    states,
                    row,
                    losses[head],
                    projected[key + i],
                    projected[query + i],
                    projected,
                    value,
                    heads,
                    result,
                    dimension);
            row += rowBytes;
        }
    }

    /** One row of a state: s ← s + (loss · s + key · v); o ← o + query · s. */
    private static void step(
            MemorySegment states,
            long row,
            float loss,
            float key,
            float query,
            float[] values,
            int value,
            float[] output,
            int result,
            int dimension) {
        FloatVector losses = FloatVector.broadcast(Lanes.FLOATS, loss);
        FloatVector keys = FloatVector.broadcast(Lanes.FLOATS, key);
        FloatVector queries = FloatVector.broadcast(Lanes.FLOATS, query);
        int i = 0;
        for (; i <= dimension - Lanes.WIDTH; i += Lanes.WIDTH) {
            long at = row + (long) i * Float.BYTES;
            FloatVector added =
                    FloatVector.fromArray(Lanes.FLOATS, values, value + i).mul(keys);
            FloatVector before = Lanes.floats(states, at);
            FloatVector state = before.add(before.fma(losses, added));
            state.intoMemorySegment(states, at, ByteOrder.LITTLE_ENDIAN);
            state.fma(queries, FloatVector.fromArray(Lanes.FLOATS, output, result + i))
                    .intoArray(output, result + i);
        }
        for (; i < dimension; i++) {
            long at = row + (long) i * Float.BYTES;
            float before = Lanes.floatAt(states, at);
            float state = before + (before * loss + values[value + i] * key);
            Lanes.setFloat(states, at, state);
            output[result + i] += query * state;
        }
    }

    @Override
    public long bytes() {
        return queryKeyValue.bytes() + gate.bytes() + output.bytes();
    }
}
