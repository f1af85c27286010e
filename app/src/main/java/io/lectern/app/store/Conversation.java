package io.lectern.app.store;

import java.time.Instant;

/**
 * A row of questions and answers.
 *
 * @param id unique in its matter
 * @param name for people
 * @param startedAt when
 */
public record Conversation(long id, String name, Instant startedAt) {}
