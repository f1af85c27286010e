package io.lectern.engine.generate;

import static org.assertj.core.api.Assertions.assertThat;

import io.lectern.engine.generate.ThinkingMarkers.Opening;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ThinkingMarkersTest {
    private static ThinkingMarkers of(String template, String... tokens) {
        return ThinkingMarkers.of(template, () -> Stream.of(tokens));
    }

    @Test
    void aTemplateSpeaksOfThemInManyWays() {
        Map.of(
                        "{% if add_generation_prompt %}assistant\n<think>\n{% endif %}",
                        List.of("<think>", "</think>"),
                        "{{ messages[0].content.split('</think>') }}",
                        List.of("<think>", "</think>"),
                        "{{ '<seed:think>' + messages[0].reasoning_content + '</seed:think>' }}",
                        List.of("<seed:think>", "</seed:think>"),
                        "Draft your thoughts: [THINK]your thoughts[/THINK]Here, a response.",
                        List.of("[THINK]", "[/THINK]"),
                        "<|START_OF_TURN_TOKEN|><|START_THINKING|><|END_THINKING|>",
                        List.of("<|START_THINKING|>", "<|END_THINKING|>"),
                        "write <|begin_of_thought|> {thought} <|end_of_thought|>",
                        List.of("<|begin_of_thought|>", "<|end_of_thought|>"),
                        "◁think▷{{ messages[0].thoughts }}◁/think▷",
                        List.of("◁think▷", "◁/think▷"),
                        "<reasoning>",
                        List.of("<reasoning>", "</reasoning>"))
                .forEach((template, markers) -> assertThat(of(template))
                        .as(template)
                        .isEqualTo(new ThinkingMarkers(markers.get(0), markers.get(1), true)));
    }

    @Test
    void miniMaxM1ThinksAlthoughItsTemplateDoesNotSaySoAndMiniMaxText01DoesNot() {
        String text01 = "{{ '<beginning_of_sentence>user name=user\\n' + messages[0].content"
                + " + '<end_of_sentence>\\n<beginning_of_sentence>ai name=assistant\\n' }}";
        assertThat(of("{{ '<begin_of_document>' -}}" + text01))
                .isEqualTo(new ThinkingMarkers("<think>", "</think>", true));
        assertThat(of(text01).expected()).isFalse();
    }

    @Test
    void tokensWithSuchNamesSayWhichMarkersAModelHas() {
        assertThat(of("{{ messages }}", "a", "<tool_call>", "[THINK]", "</tool_call>", "[/THINK]"))
                .isEqualTo(new ThinkingMarkers("[THINK]", "[/THINK]", false));
    }

    @Test
    void aModelOfWhichNothingIsKnownMayThink() {
        assertThat(of("{{ messages }}", "<think", "I think", "<thinker>", "</s>"))
                .isEqualTo(new ThinkingMarkers("<think>", "</think>", false));
    }

    @Test
    void whatStandsBeforeAReplySaysHowItIsOpened() {
        ThinkingMarkers markers = new ThinkingMarkers("<think>", "</think>", true);
        String turn = "<|im_start|>assistant\n";
        assertThat(markers.opening(turn)).isEqualTo(Opening.NONE);
        assertThat(markers.opening(turn + "<think>\n")).isEqualTo(Opening.THINKING);
        assertThat(markers.opening(turn + "<think>\n\n</think>\n\n")).isEqualTo(Opening.ANSWER);
        for (String thinking : List.of("", "<think>\n", "<think>\n\n</think>\n\n", "</think>", "<think></think>\n")) {
            assertThat(markers.withoutThinking(turn + thinking)).isEqualTo("<|im_start|>assistant");
        }
        assertThat(markers.withoutThinking("<think>x</think> y")).isEqualTo("<think>x</think> y");
    }

    @Test
    void aThinkingThatIsSkippedLooksAsModelsKnowIt() {
        ThinkingMarkers known = new ThinkingMarkers("<think>", "</think>", true);
        String empty = "<think>\n\n</think>\n\n";
        assertThat(known.skipping(Opening.NONE)).isEqualTo(empty);
        assertThat("<think>\n" + known.skipping(Opening.THINKING)).isEqualTo(empty);
        assertThat(known.skipping(Opening.ANSWER)).isEmpty();
        assertThat(new ThinkingMarkers("<think>", "</think>", false).skipping(Opening.NONE))
                .isEmpty();
        assertThat(known.closing("Hm.\n")).isEqualTo("</think>\n\n");
        assertThat(known.closing("Hm.")).isEqualTo("\n</think>\n\n");
    }
}
