/** The commands: the only place that prints. One class a command, and what they share. */
package io.lectern.app.cli;
