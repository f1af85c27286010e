package io.lectern.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lectern.engine.EngineException;
import io.lectern.engine.Message;
import java.io.IOException;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Behaviour of the templates' language; whole templates are compared with llama.cpp in {@link ModelTokenizerTest}. */
class ChatTemplateTest {
    private static final ZonedDateTime NOW = ZonedDateTime.of(2025, 3, 9, 15, 4, 5, 0, ZoneOffset.UTC);
    private static final List<Message> TURNS =
            List.of(Message.system("S"), Message.user("  U {{ 1 }} "), Message.assistant("A"));

    private static String render(String template) {
        return new ChatTemplate(template, "<bos>", "<eos>").render(TURNS, true, NOW);
    }

    @TestFactory
    Stream<DynamicTest> rendersAsJinja2() throws IOException {
        JsonNode golden = new ObjectMapper().readTree(Goldens.resource("jinja.json"));
        List<Message> messages = StreamSupport.stream(golden.get("messages").spliterator(), false)
                .map(message -> new Message(
                        Message.Role.valueOf(message.get("role").asText().toUpperCase(Locale.ROOT)),
                        message.get("content").asText()))
                .toList();
        ZonedDateTime now = ZonedDateTime.parse(golden.get("now").asText());
        return StreamSupport.stream(golden.get("cases").spliterator(), false)
                .map(example -> DynamicTest.dynamicTest(example.get("template").asText(), () -> {
                    ChatTemplate template =
                            new ChatTemplate(example.get("template").asText(), "<bos>", "<eos>");
                    assertThat(template.render(messages, true, now))
                            .isEqualTo(example.get("rendered").asText());
                }));
    }

    @Test
    void aTemplateCanRefuseAConversation() {
        assertThatExceptionOfType(EngineException.class)
                .isThrownBy(() -> render("{{ raise_exception('Roles must alternate') }}"))
                .withMessageContaining("Roles must alternate");
        assertThatExceptionOfType(EngineException.class).isThrownBy(() -> render("{% if %}{% endfor %}{{ a..b }}"));
    }

    @Test
    void whatWouldBeRenderedWronglyIsRefused() {
        for (String template : List.of(
                "{% for m in messages if m.role != 'system' %}{{ m.role }}{% endfor %}",
                "{% for m in messages[::-1] %}{{ m.role }}{% endfor %}",
                "{% unknown %}",
                "{{ messages[0].content.title() }}",
                "{{ messages | nofilter }}")) {
            assertThatExceptionOfType(EngineException.class).as(template).isThrownBy(() -> render(template));
        }
        assertThat(render("{% for m in (messages if true else []) %}{{ m.role }}{% endfor %}"))
                .isEqualTo("systemuserassistant");
    }

    @Test
    void aHostileTemplateReachesNothing() {
        for (String template : List.of(
                "{% include '/etc/passwd' %}",
                "{% import '/etc/passwd' as x %}{{ x }}",
                "{% extends '/etc/passwd' %}",
                "{{ ''.getClass().forName('java.lang.Runtime').getRuntime() }}",
                "{{ messages.getClass().getProtectionDomain() }}",
                "{{ ''.class }}")) {
            String rendered;
            try {
                rendered = render(template);
            } catch (EngineException e) {
                continue;
            }
            assertThat(rendered).as(template).doesNotContain("root:", "Runtime@", "ProtectionDomain", "java.lang");
        }
    }

    @Test
    void loopsAndOutputAreBounded() {
        String nested = "{% for a in range(100000) %}".repeat(3) + "xxxxxxxxxxxxxxxx" + "{% endfor %}".repeat(3);
        assertThatExceptionOfType(EngineException.class).isThrownBy(() -> render(nested));
    }

    /** In the manner of MiniMax-M1's template, which takes the parts of a content for granted. */
    @Test
    void aTemplateMayWantContentsAsLists() {
        String template = """
                {{ '<doc>' -}}{% set ns = namespace(rules='') -%}\
                {% for m in messages -%}{% if m['role'] == 'system' -%}\
                {% set ns.rules = ns.rules + m['content'][0]['text'] -%}{% endif -%}{%- endfor -%}\
                {% if ns.rules != '' -%}{{ '<s>system\\n' + ns.rules + '<e>\\n' -}}{%- endif -%}\
                {% if tools -%}{% for tool in tools -%}{{ tool | tojson ~ '\\n' -}}{%- endfor -%}{%- endif -%}\
                {% for m in messages -%}{% if m['role'] == 'user' -%}{{ '<s>user\\n' + m['content'][0]['text'] + '<e>\\n' -}}\
                {% elif m['role'] == 'assistant' -%}{{ '<s>ai\\n' -}}\
                {% for part in m['content'] | selectattr('type', 'equalto', 'text') -%}{{ part['text'] -}}{%- endfor -%}\
                {{ '<e>\\n' -}}{% endif -%}{%- endfor -%}\
                {% if add_generation_prompt -%}{{ '<s>ai\\n' -}}{%- endif -%}""";
        assertThat(render(template)).isEqualTo("<doc><s>system\nS<e>\n<s>user\n  U {{ 1 }} <e>\n<s>ai\nA<e>\n<s>ai\n");
    }
}
