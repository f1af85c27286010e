package io.lectern.engine.vector;

import io.lectern.engine.model.LayerSpec.MixtureOfExperts;
import io.lectern.engine.model.LayerSpec.SharedExpert;
import io.lectern.engine.vector.Products.Product;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A mixture of experts for single tokens: see {@link MixtureOfExperts}. */
final class ExpertsStep implements FeedForwardStep {
    private final MixtureOfExperts spec;
    private final VectorMatrix router;
    private final List<Expert> experts;
    /** The expert beside the others and its coefficient {1, hidden}; both null if there is none. */
    private final Expert shared;

    private final VectorMatrix coefficient;
    private final Workers workers;

    private final Rooms<float[]> probabilities;
    /** For each choice of each token. */
    private final Rooms<Expert.Room> rooms;

    private final Rooms<Expert.Room> sharedRooms;

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
        probabilities = new Rooms<>(() -> new float[spec.experts()]);
        rooms = new Rooms<>(experts.getFirst()::newRoom);
        sharedRooms = new Rooms<>(() -> shared.newRoom());
    }

    /** An expert at work: for some tokens, with room for each and the share of its output that each takes. */
    private static final class Working {
        final Expert expert;
        final List<Integer> tokens = new ArrayList<>();
        final List<Activations> xs = new ArrayList<>();
        final List<Expert.Room> rooms = new ArrayList<>();
        final List<Float> shares = new ArrayList<>();

        Working(Expert expert) {
            this.expert = expert;
        }

        void add(int token, Activations x, Expert.Room room, float share) {
            tokens.add(token);
            xs.add(x);
            rooms.add(room);
            shares.add(share);
        }
    }

    @Override
    public void forward(List<Activations> normed, List<float[]> outputs) {
        Collection<Working> working = distribute(normed);
        List<Product> firstHalves = new ArrayList<>();
        working.forEach(each -> firstHalves.addAll(each.expert.firstHalf(each.xs, each.rooms)));
        Products.compute(workers, firstHalves);
        List<Product> secondHalves = new ArrayList<>();
        working.forEach(each -> secondHalves.add(each.expert.secondHalf(each.rooms)));
        Products.compute(workers, secondHalves);
        outputs.forEach(output -> Arrays.fill(output, 0));
        for (Working each : working) {
            for (int i = 0; i < each.tokens.size(); i++) {
                float[] output = outputs.get(each.tokens.get(i));
                VectorFunctions.add(each.shares.get(i), each.rooms.get(i).output, 0, output, 0, output.length);
            }
        }
    }

    /** Which experts work on which tokens. */
    private Collection<Working> distribute(List<Activations> normed) {
        List<float[]> ofTokens = probabilities.first(normed.size());
        Products.compute(workers, List.of(new Product(router, normed, ofTokens, 0)));
        List<Expert.Room> free = rooms.first(normed.size() * spec.perToken());
        Map<Integer, Working> byExpert = new LinkedHashMap<>();
        Working everywhere = shared == null ? null : new Working(shared);
        for (int token = 0; token < normed.size(); token++) {
            Activations x = normed.get(token);
            float[] mine = ofTokens.get(token);
            VectorFunctions.softmax(mine, mine.length);
            int[] chosen = likeliest(mine);
            float sum = 0;
            for (int expert : chosen) {
                sum += mine[expert];
            }
            float ofShared = spec.shared().map(it -> coefficient(it, x)).orElse(0f);
            for (int i = 0; i < chosen.length; i++) {
                byExpert.computeIfAbsent(chosen[i], expert -> new Working(experts.get(expert)))
                        .add(token, x, free.get(token * spec.perToken() + i), (1 - ofShared) * mine[chosen[i]] / sum);
            }
            if (everywhere != null) {
                everywhere.add(token, x, sharedRooms.first(token + 1).get(token), ofShared);
            }
        }
        List<Working> working = new ArrayList<>(byExpert.values());
        if (everywhere != null) {
            working.add(everywhere);
        }
        return working;
    }

    /** The experts with the largest probabilities; of equals the first. */
    private int[] likeliest(float[] probabilities) {
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

    private float coefficient(SharedExpert expert, Activations normed) {
        return switch (expert.coefficient()) {
            case SIGMOID -> {
                float[] number = new float[1];
                Products.compute(workers, List.of(new Product(coefficient, normed, number)));
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
