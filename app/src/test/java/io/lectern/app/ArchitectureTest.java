package io.lectern.app;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The rules of docs/architecture.md for this module. */
@AnalyzeClasses(packages = "io.lectern.app", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule ONLY_THE_DESKTOP_HAS_WINDOWS = noClasses()
            .that()
            .resideOutsideOfPackage("io.lectern.app.desktop..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("javafx..", "org.controlsfx..", "atlantafx..", "org.kordamp.ikonli..")
            .because(
                    "questions, answers and reports must work where there is no display: in a terminal, in a script, on a server");

    @ArchTest
    static final ArchRule THE_ENGINE_IS_USED_THROUGH_ITS_FRONT_DOOR = noClasses()
            .should()
            .dependOnClassesThat(new DescribedPredicate<>("are the engine's own inside") {
                @Override
                public boolean test(JavaClass used) {
                    String room = used.getPackageName();
                    return room.startsWith("io.lectern.engine.")
                            && !room.equals("io.lectern.engine.embedded")
                            && !room.equals("io.lectern.engine.measure");
                }
            })
            .because(
                    "an engine on this machine and one behind a server must be interchangeable, so app knows only the public"
                            + " interfaces in io.lectern.engine the way to the embedded models, and the measurements");

    @ArchTest
    static final ArchRule ONLY_THE_COMMANDS_PRINT = noClasses()
            .that()
            .resideOutsideOfPackage("io.lectern.app.cli..")
            .should(ACCESS_STANDARD_STREAMS)
            .because("with --json a command prints one JSON object and nothing else on standard output");

    @ArchTest
    static final ArchRule NOTHING_LEANS_ON_COMMANDS_OR_WINDOWS = noClasses()
            .that()
            .resideInAnyPackage("io.lectern.app.analysis..", "io.lectern.app.report..", "io.lectern.app.store..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.lectern.app.cli..", "io.lectern.app.desktop..")
            .because("commands and windows are two faces of the same answers and reports, which know neither");

    @ArchTest
    static final ArchRule REPORTS_NEED_NO_MODEL = noClasses()
            .that()
            .resideInAPackage("io.lectern.app.report..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.lectern.engine..")
            .because("a report is written and verified again without any model");
}
