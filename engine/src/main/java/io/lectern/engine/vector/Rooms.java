package io.lectern.engine.vector;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Room for what stands between two products, for each of the tokens that pass together; kept for the next ones. */
final class Rooms<R> {
    private final Supplier<R> newRoom;
    private final List<R> rooms = new ArrayList<>();

    Rooms(Supplier<R> newRoom) {
        this.newRoom = newRoom;
    }

    /** So many of them. */
    List<R> first(int count) {
        while (rooms.size() < count) {
            rooms.add(newRoom.get());
        }
        return rooms.subList(0, count);
    }
}
