package io.lectern.app.desktop;

import io.lectern.engine.Engine;
import io.lectern.engine.EngineOptions;
import io.lectern.engine.ThinkingBudget;
import java.nio.file.Path;
import java.util.function.Supplier;

/**
 * How the desktop is opened.
 *
 * @param matter the matter to open, made if it is not there; null to start without one
 * @param model the file or folder of the model that answers; null for the embedded one
 * @param server connects to the server that answers; null for a model on this machine
 * @param engine how the model computes
 * @param thinking how much the model may think before it answers; null for what was chosen for the matter
 * @param snapshot where to save a picture of the window, drawn without a display, instead of showing it; null to show it
 */
public record DesktopOptions(
        Path matter,
        Path model,
        Supplier<Engine> server,
        EngineOptions engine,
        ThinkingBudget thinking,
        Path snapshot) {}
