/**
 * Reports: one model ({@link io.lectern.app.report.ReportModel}), one writer per format, and the re-verification of an
 * exported report without any model. No windows here.
 */
package io.lectern.app.report;
