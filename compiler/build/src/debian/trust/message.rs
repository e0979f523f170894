//! The clear-signed message: its frame, and its signatures.

use std::collections::BTreeSet;

use pgp::{
    composed::CleartextSignedMessage,
    packet::{Signature, SignatureType},
    types::KeyDetails,
};

use super::{Judgement, Keyring, TrustError, keys::is_strong};

/// A signed text and who vouches for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// Exactly what was signed, with plain line ends.
    pub text: String,
    /// Fingerprints of the primary keys whose signatures are good, sorted, upper-case hexadecimal.
    pub signers: Vec<String>,
}

impl Keyring {
    /// The signed text of an `InRelease` file, when at least one of its signatures is good.
    ///
    /// A signature is good when it is by a key of the keyring, or a subkey bound to it, that may sign and is neither
    /// expired nor revoked, over SHA-224 or better. Signatures by unknown keys do not count; one by a known key that
    /// does not fit the text condemns the message. Text outside of the signed message is refused.
    pub fn verify(&self, message: &[u8], judgement: Judgement) -> Result<Verified, TrustError> {
        let message =
            std::str::from_utf8(message).map_err(|error| TrustError::NotSigned(error.to_string()))?;
        refuse_outside(message)?;
        let (message, _) = CleartextSignedMessage::from_string(message.trim_end())
            .map_err(|error| TrustError::NotSigned(error.to_string()))?;
        let text = message.signed_text();
        let mut signers = BTreeSet::new();
        let mut reasons = Vec::new();
        for signature in message.signatures() {
            match self.signer(signature, &text, judgement) {
                Ok(signer) => drop(signers.insert(signer)),
                Err(Rejection::Condemned(signer)) => return Err(TrustError::BadSignature(signer)),
                Err(Rejection::DoesNotCount(reason)) => reasons.push(reason),
            }
        }
        if signers.is_empty() {
            if reasons.is_empty() {
                reasons.push("there is none".to_owned());
            }
            return Err(TrustError::NoGoodSignature(reasons));
        }
        Ok(Verified { text: text.replace("\r\n", "\n"), signers: signers.into_iter().collect() })
    }

    /// The primary key's fingerprint of a good signature.
    fn signer(&self, signature: &Signature, text: &str, judgement: Judgement) -> Result<String, Rejection> {
        let issuer = issuer(signature);
        let candidate = self.find(signature).ok_or_else(|| no(format!("{issuer} is not in the keyring")))?;
        if !matches!(signature.typ(), Some(SignatureType::Text | SignatureType::Binary)) {
            return Err(no(format!("the signature by {issuer} is not one of a text")));
        }
        if !is_strong(signature) {
            return Err(no(format!("the signature by {issuer} rests on a weak hash")));
        }
        let fingerprint = candidate.primary_fingerprint();
        candidate
            .verify(signature, text.as_bytes())
            .map_err(|_| Rejection::Condemned(fingerprint.clone()))?;
        let created =
            keys_time(signature).ok_or_else(|| no(format!("the signature by {issuer} has no time")))?;
        if created > judgement.latest() {
            return Err(no(format!("the signature by {issuer} is from the future")));
        }
        let expires = signature.signature_expiration_time().map(std::time::Duration::from);
        if expires.is_some_and(|after| !after.is_zero() && created + after < judgement.now) {
            return Err(no(format!("the signature by {issuer} has expired")));
        }
        candidate.may_sign(created, judgement).map_err(|reason| no(format!("{fingerprint} {reason}")))?;
        Ok(fingerprint)
    }
}

/// Why a signature does not help.
enum Rejection {
    DoesNotCount(String),
    Condemned(String),
}

fn no(reason: String) -> Rejection {
    Rejection::DoesNotCount(reason)
}

fn keys_time(signature: &Signature) -> Option<std::time::SystemTime> {
    signature.created().map(Into::into)
}

fn issuer(signature: &Signature) -> String {
    let fingerprint = signature.issuer_fingerprint().first().map(|fingerprint| format!("{fingerprint:X}"));
    let id = || signature.issuer_key_id().first().map(|id| id.to_string().to_uppercase());
    fingerprint.or_else(id).unwrap_or_else(|| "an unnamed key".to_owned())
}

/// The file is one signed message from its first byte to its last but white space.
fn refuse_outside(message: &str) -> Result<(), TrustError> {
    const BEGIN: &str = "-----BEGIN PGP SIGNED MESSAGE-----";
    const END: &str = "-----END PGP SIGNATURE-----";
    let lines = || message.lines().map(str::trim_end);
    if !lines().any(|line| line == BEGIN) {
        return Err(TrustError::NotSigned("it has no signed message".to_owned()));
    }
    let alone = lines().next() == Some(BEGIN)
        && message.trim_end().ends_with(END)
        && lines().filter(|line| *line == BEGIN).count() == 1
        && lines().filter(|line| *line == END).count() == 1;
    if alone { Ok(()) } else { Err(TrustError::Outside) }
}

/// The fingerprint of a key as people compare it.
pub(super) fn fingerprint(key: &impl KeyDetails) -> String {
    format!("{:X}", key.fingerprint())
}
