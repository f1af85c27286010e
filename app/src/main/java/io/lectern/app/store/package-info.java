/**
 * What the application keeps in a matter beside its documents: conversations and their answers, token counts, settings. One
 * {@link io.lectern.app.store.MatterStore} per open matter; everything goes through the matter's own transactions.
 */
package io.lectern.app.store;
