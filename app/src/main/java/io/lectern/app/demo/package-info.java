/** The demonstration: three real contracts, five questions that a lawyer would ask of them, and the score of the answers. */
package io.lectern.app.demo;
