package io.lectern.app.desktop.theme;

import java.util.Locale;

/** Numbers in words for people. */
public final class Amounts {
    private Amounts() {}

    public static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    /** "1 document", "3 documents". */
    public static String count(long number, String one, String many) {
        return count(number) + " " + (number == 1 ? one : many);
    }

    /** "21.4 tokens/s". */
    public static String speed(double tokensPerSecond) {
        return String.format(Locale.ROOT, tokensPerSecond < 100 ? "%.1f tokens/s" : "%,.0f tokens/s", tokensPerSecond);
    }

    /** "1.1 GB", in decimal units as shops and download pages count. */
    public static String bytes(long bytes) {
        if (bytes >= 1_000_000_000) {
            return String.format(Locale.ROOT, "%.1f GB", bytes / 1e9);
        }
        return bytes >= 1_000_000
                ? String.format(Locale.ROOT, "%.0f MB", bytes / 1e6)
                : String.format(Locale.ROOT, "%,d KB", Math.max(1, bytes / 1000));
    }

    /** "8 s", "6 min", "2 h 10 min". */
    public static String duration(double seconds) {
        if (seconds < 59.5) {
            return Math.max(1, Math.round(seconds)) + " s";
        }
        long minutes = Math.round(seconds / 60);
        return minutes < 60 ? minutes + " min" : minutes / 60 + " h " + minutes % 60 + " min";
    }

    /** "less than a minute left", "about 4 min left", "about 2 h 10 min left"; no false exactness. */
    public static String timeLeft(double seconds) {
        if (!Double.isFinite(seconds)) {
            return "";
        }
        if (seconds < 10) {
            return "a few seconds left";
        }
        if (seconds < 55) {
            return "about " + Math.round(seconds / 10) * 10 + " s left";
        }
        long minutes = Math.max(1, Math.round(seconds / 60));
        return minutes < 60
                ? "about " + minutes + " min left"
                : "about " + minutes / 60 + " h " + minutes % 60 + " min left";
    }
}
