package io.lectern.engine.remote;

import io.lectern.engine.EngineException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Arrays;
import java.util.Collection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/** Trust in certificates that a user names, besides those that Java trusts: servers of one's own sign their own. */
final class TrustedCertificates {
    private TrustedCertificates() {}

    /**
     * A TLS context that trusts them.
     *
     * @param pem one or more certificates
     * @throws EngineException with SERVER if the file holds none
     */
    static SSLContext context(Path pem) {
        try (InputStream in = Files.newInputStream(pem)) {
            Collection<? extends Certificate> named =
                    CertificateFactory.getInstance("X.509").generateCertificates(in);
            if (named.isEmpty()) {
                throw new EngineException(EngineException.Reason.SERVER, pem + " holds no certificate in PEM form.");
            }
            KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
            trusted.load(null, null);
            for (Certificate certificate : named) {
                trusted.setCertificateEntry("named" + trusted.size(), certificate);
            }
            for (Certificate certificate : trustManager(null).getAcceptedIssuers()) {
                trusted.setCertificateEntry("java" + trusted.size(), certificate);
            }
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new X509TrustManager[] {trustManager(trusted)}, null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw new EngineException(
                    EngineException.Reason.SERVER, pem + " cannot be read as certificates in PEM form.", e);
        }
    }

    /** @param trusted null for what Java trusts */
    private static X509TrustManager trustManager(KeyStore trusted) throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(trusted);
        return Arrays.stream(factory.getTrustManagers())
                .filter(X509TrustManager.class::isInstance)
                .map(X509TrustManager.class::cast)
                .findFirst()
                .orElseThrow(() -> new GeneralSecurityException("no trust manager for X.509"));
    }
}
