package io.lectern.ingest.extract.office;

import java.util.Locale;
import java.util.Map;

/** Characters of the symbol fonts that Word documents use for bullets and check boxes, which have no Unicode of their own. */
final class SymbolFont {
    private static final Map<Integer, String> WINGDINGS = Map.ofEntries(
            Map.entry(0x6C, "●"),
            Map.entry(0x6E, "■"),
            Map.entry(0x6F, "☐"),
            Map.entry(0x71, "❑"),
            Map.entry(0x75, "◆"),
            Map.entry(0x76, "❖"),
            Map.entry(0x78, "☒"),
            Map.entry(0x9F, "•"),
            Map.entry(0xA7, "▪"),
            Map.entry(0xA8, "☐"),
            Map.entry(0xD8, "➢"),
            Map.entry(0xE0, "→"),
            Map.entry(0xE8, "➔"),
            Map.entry(0xF0, "⇨"),
            Map.entry(0xFB, "✗"),
            Map.entry(0xFC, "✓"),
            Map.entry(0xFD, "☒"),
            Map.entry(0xFE, "☑"));

    private static final Map<Integer, String> SYMBOL = Map.ofEntries(
            Map.entry(0xA3, "≤"),
            Map.entry(0xA5, "∞"),
            Map.entry(0xAE, "→"),
            Map.entry(0xB0, "°"),
            Map.entry(0xB1, "±"),
            Map.entry(0xB3, "≥"),
            Map.entry(0xB4, "×"),
            Map.entry(0xB7, "•"),
            Map.entry(0xB9, "≠"),
            Map.entry(0xBB, "≈"),
            Map.entry(0xD2, "®"),
            Map.entry(0xD3, "©"),
            Map.entry(0xD4, "™"),
            Map.entry(0xE2, "®"),
            Map.entry(0xE3, "©"),
            Map.entry(0xE4, "™"));

    private SymbolFont() {}

    /** The Unicode character for one of a font; the character itself where no other is known. */
    static String toUnicode(char character, String font) {
        boolean privateUse = character >= 0xF000 && character <= 0xF0FF;
        int code = privateUse ? character - 0xF000 : character;
        String family = font.toLowerCase(Locale.ROOT);
        if (family.startsWith("wingdings")) {
            return WINGDINGS.getOrDefault(code, String.valueOf(character));
        }
        return family.equals("symbol") || privateUse
                ? SYMBOL.getOrDefault(code, String.valueOf(character))
                : String.valueOf(character);
    }
}
