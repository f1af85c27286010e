package io.lectern.engine;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What computes.
 *
 * @param kind of device
 * @param index which one of its kind, from 0
 */
public record ComputeDevice(Kind kind, int index) {

    /** Kinds of devices. */
    public enum Kind {
        /** The first CUDA device if there is one, else the processor. */
        AUTO,
        CPU,
        CUDA
    }

    /** The first CUDA device if there is one, else the processor. */
    public static final ComputeDevice AUTO = new ComputeDevice(Kind.AUTO, 0);

    /** The processor. */
    public static final ComputeDevice CPU = new ComputeDevice(Kind.CPU, 0);

    private static final Pattern CUDA = Pattern.compile("cuda(?::(\\d{1,3}))?");

    /**
     * The device with this name.
     *
     * @param name "auto", "cpu", "cuda" or "cuda:N"
     * @throws IllegalArgumentException if it is none of these, with a message for people
     */
    public static ComputeDevice of(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        Matcher cuda = CUDA.matcher(lower);
        if (lower.equals("auto")) {
            return AUTO;
        }
        if (lower.equals("cpu")) {
            return CPU;
        }
        if (cuda.matches()) {
            return new ComputeDevice(Kind.CUDA, cuda.group(1) == null ? 0 : Integer.parseInt(cuda.group(1)));
        }
        throw new IllegalArgumentException("a device is auto, cpu or cuda:N, not \"" + name + "\"");
    }

    @Override
    public String toString() {
        return switch (kind) {
            case AUTO -> "auto";
            case CPU -> "cpu";
            case CUDA -> "cuda:" + index;
        };
    }
}
