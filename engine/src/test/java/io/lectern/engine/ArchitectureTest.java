package io.lectern.engine;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The rules of the house, for this module. */
@AnalyzeClasses(packages = "io.lectern.engine", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule knowsNoDocumentsAndNoWindows = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.lectern.ingest..", "io.lectern.app..", "javafx..", "java.awt..", "javax.swing..")
            .because("the engine turns tokens into tokens: it must run on a server without a screen, and ingest and"
                    + " engine never meet");

    @ArchTest
    static final ArchRule onlyTheFactoryKnowsAnImplementation = noClasses()
            .that()
            .resideInAPackage("io.lectern.engine")
            .and()
            .doNotHaveFullyQualifiedName("io.lectern.engine.Engines")
            .and()
            .doNotHaveFullyQualifiedName("io.lectern.engine.ModelFolders")
            .should()
            .dependOnClassesThat(resideInAPackage("io.lectern.engine.*.."))
            .because("the public API must fit an engine in this process and one behind a server alike");

    @ArchTest
    static final ArchRule onlyTheDecoderUsesTheTensorRuntime = noClasses()
            .that()
            .resideOutsideOfPackages("io.lectern.engine.torch..", "io.lectern.engine.decoder..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.lectern.engine.torch..")
            .because("native memory is freed by hand: the fewer hold it, the fewer can leak it");

    @ArchTest
    static final ArchRule djlsTensorsStayBehindTheBackend = noClasses()
            .that()
            .resideOutsideOfPackage("io.lectern.engine.torch..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("ai.djl.ndarray..", "ai.djl.pytorch..", "ai.djl.engine..")
            .because("DJL's PyTorch classes abort the process when they are used wrongly; one small class uses them");

    @ArchTest
    static final ArchRule modelsAreDataAndKnowNoDecoder = noClasses()
            .that()
            .resideInAPackage("io.lectern.engine.model..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.lectern.engine.decoder..",
                    "io.lectern.engine.torch..",
                    "io.lectern.engine.generate..",
                    "io.lectern.engine.local..")
            .because("what a model is made of is read the same whoever computes it");

    @ArchTest
    static final ArchRule choosingTokensKnowsNoModel = noClasses()
            .that()
            .resideInAPackage("io.lectern.engine.generate..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.lectern.engine.model..",
                    "io.lectern.engine.decoder..",
                    "io.lectern.engine.torch..",
                    "io.lectern.engine.local..")
            .because("sampling and stop strings work on numbers and text, so they can be tested without a model");

    @ArchTest
    static final ArchRule textLeavesInOnePlace = noClasses()
            .that()
            .resideOutsideOfPackage("io.lectern.engine.remote..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.net.http..", "javax.net..")
            .because("what leaves the machine is said to the user, which only one place can be trusted to do");

    @ArchTest
    static final ArchRule packagesHaveNoCycles = slices().matching("io.lectern.engine.(*)..")
            .should()
            .beFreeOfCycles()
            .because("a package that needs another and is needed by it is one package in two places");
}
