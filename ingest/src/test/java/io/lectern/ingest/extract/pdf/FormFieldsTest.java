package io.lectern.ingest.extract.pdf;

import static io.lectern.ingest.extract.pdf.SamplePdf.HELVETICA;
import static org.assertj.core.api.Assertions.assertThat;

import io.lectern.ingest.document.Box;
import io.lectern.ingest.document.Document;
import io.lectern.ingest.document.Locator;
import io.lectern.ingest.document.Span;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.pdfbox.cos.COSName;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.PDResources;
import org.apache.pdfbox.pdmodel.common.PDRectangle;
import org.apache.pdfbox.pdmodel.interactive.annotation.PDAnnotationText;
import org.apache.pdfbox.pdmodel.interactive.annotation.PDAnnotationWidget;
import org.apache.pdfbox.pdmodel.interactive.form.PDAcroForm;
import org.apache.pdfbox.pdmodel.interactive.form.PDTextField;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FormFieldsTest {
    @TempDir
    Path folder;

    @Test
    void whatIsFilledInIsTextAtItsPlaceAndRemarksAreSaidNotToBeRead() throws IOException {
        try (SamplePdf sample = new SamplePdf().page(page -> SamplePdf.write(page, 72, 700, "Licensee:"))) {
            PDPage page = sample.pdf.getPage(0);
            PDAcroForm form = new PDAcroForm(sample.pdf);
            sample.pdf.getDocumentCatalog().setAcroForm(form);
            PDResources resources = new PDResources();
            resources.put(COSName.getPDFName("Helv"), HELVETICA);
            form.setDefaultResources(resources);
            form.setDefaultAppearance("/Helv 12 Tf 0 g");
            PDTextField field = new PDTextField(form);
            field.setPartialName("licensee");
            PDAnnotationWidget widget = field.getWidgets().getFirst();
            widget.setRectangle(new PDRectangle(140, 690, 200, 24));
            widget.setPage(page);
            page.getAnnotations().add(widget);
            form.getFields().add(field);
            field.setValue("Acme GmbH");
            PDAnnotationText note = new PDAnnotationText();
            note.setRectangle(new PDRectangle(400, 700, 20, 20));
            note.setContents("check this");
            page.setAnnotations(List.of(widget, note));

            Document document = sample.read(folder);

            assertThat(document.text())
                    .contains("Licensee:")
                    .contains("Acme GmbH")
                    .doesNotContain("check");
            int at = document.text().indexOf("Acme");
            Box box = ((Locator.Pages) document.locate(new Span(at, at + 4)))
                    .areas()
                    .getFirst()
                    .boxes()
                    .getFirst();
            assertThat(box.x()).isBetween(140f, 160f);
            assertThat(box.y()).isBetween(792 - 714f, 792 - 690f);
            assertThat(document.findings())
                    .singleElement()
                    .satisfies(finding -> assertThat(finding.message()).contains("1 remark"));
        }
    }
}
