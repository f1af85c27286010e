package io.lectern.engine.vector;

import io.lectern.engine.model.LayerSpec.MixtureOfExperts;
import io.lectern.engine.model.LayerSpec.SharedExpert;
import io.lectern.engine.vector.Products.Product;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A mixture of experts for one token: see {@link MixtureOfExperts}. */
final class ExpertsStep implements FeedForwardStep {
    private final MixtureOfExperts spec;
    private final VectorMatrix router;
    private final List<Expert> experts;
    /** The expert beside the others and its coefficient {1, hidden}; both null if there is none. */
    private final Expert shared;

    private final VectorMatrix coefficient;
    private final Workers workers;

    private final float[] probabilities;
    /** For each chosen expert, then for the shared one. */
    private final List<Expert.Room> rooms = new ArrayList<>();

    ExpertsStep(
            MixtureOfExperts spec,
            VectorMatrix router,
            List<Expert> experts,
            Expert shared,
            VectorMatrix coefficient,
            Workers workers) {
        this.spec = spec;
        this.router = router;
        this.experts = List.copyOf(experts);
        this.shared = shared;
        this.coefficient = coefficient;
        this.workers = workers;
        probabilities = new float[spec.experts()];
        for (int i = 0; i < spec.perToken(); i++) {
            rooms.add(experts.getFirst().newRoom());
        }
        if (shared != null) {
            rooms.add(shared.newRoom());
        }
    }

    @Override
    public void forward(Activations normed, float[] output) {
        Products.compute(workers, router, normed, probabilities);
        VectorFunctions.softmax(probabilities, probabilities.length);
        int[] chosen = likeliest();
        float[] shares = shares(chosen, normed);

        List<Expert> working = new ArrayList<>();
        for (int expert : chosen) {
            working.add(experts.get(expert));
        }
        if (shared != null) {
            working.add(shared);
        }
        List<Product> firstHalves = new ArrayList<>();
        for (int i = 0; i < working.size(); i++) {
            firstHalves.addAll(working.get(i).firstHalf(normed, rooms.get(i)));
        }
        Products.compute(workers, firstHalves);
        List<Product> secondHalves = new ArrayList<>();
        for (int i = 0; i < working.size(); i++) {
            secondHalves.add(working.get(i).secondHalf(rooms.get(i)));
        }
        Products.compute(workers, secondHalves);

        Arrays.fill(output, 0);
        for (int i = 0; i < working.size(); i++) {
            VectorFunctions.add(shares[i], rooms.get(i).output, 0, output, 0, output.length);
        }
    }

    /** The experts with the largest probabilities; of equals the first. */
    private int[] likeliest() {
        int[] chosen = new int[spec.perToken()];
        boolean[] taken = new boolean[probabilities.length];
        for (int i = 0; i < chosen.length; i++) {
            int best = -1;
            for (int expert = 0; expert < probabilities.length; expert++) {
                if (!taken[expert] && (best < 0 || probabilities[expert] > probabilities[best])) {
                    best = expert;
                }
            }
            taken[best] = true;
            chosen[i] = best;
        }
        return chosen;
    }

    /** What part of the output each chosen expert makes, and then the shared one. */
    private float[] shares(int[] chosen, Activations normed) {
        float[] shares = new float[rooms.size()];
        float sum = 0;
        for (int expert : chosen) {
            sum += probabilities[expert];
        }
        float ofShared = spec.shared().map(it -> coefficient(it, normed)).orElse(0f);
        for (int i = 0; i < chosen.length; i++) {
            shares[i] = (1 - ofShared) * probabilities[chosen[i]] / sum;
        }
        if (shared != null) {
            shares[chosen.length] = ofShared;
        }
        return shares;
    }

    private float coefficient(SharedExpert expert, Activations normed) {
        return switch (expert.coefficient()) {
            case SIGMOID -> {
                float[] number = new float[1];
                Products.compute(workers, coefficient, normed, number);
                yield VectorFunctions.sigmoid(number[0]);
            }
            case SOFTMAX -> 1;
        };
    }

    @Override
    public long bytes() {
        long each = experts.stream().mapToLong(Expert::bytes).sum() / experts.size();
        return router.bytes() + spec.perToken() * each + (shared == null ? 0 : shared.bytes() + coefficient.bytes());
    }
}
