//! Whose word stands for whoever answers. This computer's decides, as everywhere on it; besides it is noted whether a public authority would
//! have vouched as well. Where none would, it is the company's own that signed: somebody between reads along.

use crate::error::Error;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use rustls_platform_verifier::Verifier;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether whoever answered last was vouched for by this computer alone.
#[derive(Clone, Debug, Default)]
pub(crate) struct Inspected(Arc<AtomicBool>);

impl Inspected {
    pub(crate) fn is_so(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

#[derive(Debug)]
struct Watching {
    computer: Verifier,
    public: Arc<WebPkiServerVerifier>,
    inspected: Inspected,
}

/// The usual TLS of a client, and a note beside it.
pub(crate) fn watching(inspected: &Inspected) -> Result<ClientConfig, Error> {
    let refused = |error: &dyn std::fmt::Display| Error::Address(format!("TLS cannot be set up: {error}"));
    let provider = CryptoProvider::get_default().cloned().unwrap_or_else(|| Arc::new(aws_lc_rs::default_provider()));
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter().cloned());
    let public = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider)).build();
    let watching = Watching {
        computer: Verifier::new(Arc::clone(&provider)).map_err(|error| refused(&error))?,
        public: public.map_err(|error| refused(&error))?,
        inspected: inspected.clone(),
    };
    let versions = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let builder = versions.map_err(|error| refused(&error))?.dangerous().with_custom_certificate_verifier(Arc::new(watching));
    let mut config = builder.with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

impl ServerCertVerifier for Watching {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let trusted = self.computer.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)?;
        let vouched = self.public.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now);
        self.inspected.0.store(vouched.is_err(), Ordering::Relaxed);
        Ok(trusted)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.computer.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.computer.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.computer.supported_verify_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};

    fn authority() -> CertifiedIssuer<'static, KeyPair> {
        let mut params = CertificateParams::new(vec![]).expect("parameters");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key")).expect("an authority")
    }

    /// Shows a certificate of `by` to one whose computer trusts it and for whom `public` is the public authority.
    fn shown(by: &CertifiedIssuer<'static, KeyPair>, public: &CertifiedIssuer<'static, KeyPair>) -> bool {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let mut roots = RootCertStore::empty();
        roots.add(public.der().clone()).expect("a root");
        let public = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider)).build().expect("a verifier");
        let computer = Verifier::new_with_extra_roots([by.der().clone()], provider).expect("a verifier");
        let watching = Watching { computer, public, inspected: Inspected::default() };
        let key = KeyPair::generate().expect("a key");
        let issuer: &rcgen::Issuer<'static, KeyPair> = by;
        let leaf = CertificateParams::new(vec!["api.codat.io".to_owned()]).and_then(|leaf| leaf.signed_by(&key, issuer)).expect("a leaf");
        let name = ServerName::try_from("api.codat.io").expect("a name");
        watching.verify_server_cert(leaf.der(), &[], &name, &[], UnixTime::now()).expect("the computer trusts it");
        watching.inspected.is_so()
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn who_is_trusted_by_this_computer_alone_is_told_from_who_is_trusted_by_everybody() {
        let (company, public) = (authority(), authority());
        assert!(shown(&company, &public), "a company's own authority");
        assert!(!shown(&public, &public), "one that is public too");
    }
}
