package io.lectern.ingest;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The rules of docs/architecture.md for this module. */
@AnalyzeClasses(packages = "io.lectern.ingest", importOptions = ImportOption.DoNotIncludeTests.class)
class IngestArchitectureTest {

    @ArchTest
    static final ArchRule DOCUMENTS_KNOW_ONLY_THEMSELVES = classes()
            .that()
            .resideInAPackage("io.lectern.ingest.document..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("io.lectern.ingest.document..", "com.fasterxml.jackson.annotation..", "java..")
            .because("the whole program speaks of documents, so their vocabulary must not drag in any format or store");

    @ArchTest
    static final ArchRule READING_KNOWS_NO_STORE = noClasses()
            .that()
            .resideInAnyPackage("io.lectern.ingest.extract..", "io.lectern.ingest.repository..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.lectern.ingest.matter..")
            .because("files are read the same whether the result is kept, printed or thrown away");

    @ArchTest
    static final ArchRule FORMATS_KNOW_NOTHING_OF_ONE_ANOTHER = noClasses()
            .that()
            .resideInAPackage("io.lectern.ingest.extract.pdf..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.lectern.ingest.extract.office..",
                    "io.lectern.ingest.extract.text..",
                    "io.lectern.ingest.extract.code..")
            .because("a format can be understood, replaced or run in a process of its own only if it stands alone");

    @ArchTest
    static final ArchRule WORD_KNOWS_NO_OTHER_FORMAT = noClasses()
            .that()
            .resideInAPackage("io.lectern.ingest.extract.office..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.lectern.ingest.extract.pdf..",
                    "io.lectern.ingest.extract.text..",
                    "io.lectern.ingest.extract.code..",
                    "org.apache.pdfbox..")
            .because("a format can be understood, replaced or run in a process of its own only if it stands alone");

    @ArchTest
    static final ArchRule NO_MODELS_NO_WINDOWS = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.lectern.engine..", "io.lectern.app..", "javafx..", "ai.djl..")
            .because("ingest must read files in a worker process that has neither a model nor a display");
}
