package io.lectern.ingest.extract;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlainTextTest {

    @Property
    void whateverIsValidUtf8IsReadAsItStands(@ForAll String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        String whole = new String(bytes, StandardCharsets.UTF_8);
        boolean startsLikeAMark = bytes.length > 1 && bytes[0] < 0 && whole.startsWith("\uFEFF");
        if (!startsLikeAMark) {
            PlainText.Decoded decoded = PlainText.decode(bytes);
            assertThat(decoded.text()).isEqualTo(whole);
            assertThat(decoded.guessed()).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-8", "UTF-16LE", "UTF-16BE", "UTF-32LE", "UTF-32BE"})
    void aByteOrderMarkIsBelievedAndIsNoPartOfTheText(String charset) {
        byte[] bytes = "\uFEFFGebühr: 10 €\r\n".getBytes(Charset.forName(charset));
        PlainText.Decoded decoded = PlainText.decode(bytes);
        assertThat(decoded.text()).isEqualTo("Gebühr: 10 €\r\n");
        assertThat(decoded.charset()).isEqualTo(Charset.forName(charset));
        assertThat(decoded.guessed()).isFalse();
        assertThat(PlainText.isText(bytes)).isTrue();
    }

    @Test
    void quotesOfTheWindowsCodePageAreNoControlCharacters() {
        String text = "The “Agreement” – made by Müller & Söhne – costs 100 €, and the party’s fee is due.";
        PlainText.Decoded decoded = PlainText.decode(text.getBytes(Charset.forName("windows-1252")));
        assertThat(decoded.text()).isEqualTo(text);
        assertThat(decoded.guessed()).isTrue();
    }

    @Test
    void cyrillicOfTheWindowsCodePageIsRecognised() {
        String text = "Настоящий договор заключён между сторонами о нижеследующем, и стороны согласны с его условиями.";
        assertThat(PlainText.decode(text.getBytes(Charset.forName("windows-1251")))
                        .text())
                .isEqualTo(text);
    }

    @Test
    void bytesThatNoTextHasAreBinary() {
        assertThat(PlainText.isText(new byte[] {'a', 0, 'b'})).isFalse();
        assertThat(PlainText.isText(new byte[] {1, 2, 3, 4, 5})).isFalse();
        assertThat(PlainText.isText("plain\r\n\ttext\f".getBytes(StandardCharsets.US_ASCII)))
                .isTrue();
    }
}
