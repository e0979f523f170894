//! The keyring: which of its keys may sign, and when.

use std::time::{Duration, SystemTime};

use pgp::{
    composed::{Deserializable, SignedPublicKey, SignedPublicSubKey},
    crypto::hash::HashAlgorithm,
    packet::{Signature, SignatureType, SubpacketData},
    types::{KeyDetails, Tag},
};

use super::{Judgement, TrustError, message::fingerprint};

const ARMOR: &str = "-----BEGIN PGP PUBLIC KEY BLOCK-----";

/// The keys that may vouch for an archive.
#[derive(Clone, Debug)]
pub struct Keyring {
    keys: Vec<SignedPublicKey>,
}

impl Keyring {
    /// From a keyring file, binary or armored (any number of blocks). Keys that cannot be read are passed over.
    pub fn read(bytes: &[u8]) -> Result<Self, TrustError> {
        let keys = match std::str::from_utf8(bytes) {
            Ok(text) if text.contains(ARMOR) => armored(text),
            _ => SignedPublicKey::from_bytes_many(bytes).map_or(Vec::new(), |keys| keys.flatten().collect()),
        };
        if keys.is_empty() { Err(TrustError::NoKeys) } else { Ok(Self { keys }) }
    }

    /// The key or subkey that a signature names as its issuer.
    pub(super) fn find(&self, signature: &Signature) -> Option<Candidate<'_>> {
        let candidates = self.keys.iter().flat_map(|primary| {
            let subkeys = primary.public_subkeys.iter().map(Some);
            std::iter::once(None).chain(subkeys).map(move |subkey| Candidate { primary, subkey })
        });
        candidates.into_iter().find(|candidate| candidate.is_issuer(signature))
    }
}

fn armored(text: &str) -> Vec<SignedPublicKey> {
    let starts = text.match_indices(ARMOR).map(|(start, _)| &text[start..]);
    let blocks = starts.filter_map(|block| SignedPublicKey::from_string_many(block).ok());
    let keys = blocks.flat_map(|(keys, _)| keys.flatten().collect::<Vec<_>>());
    keys.collect()
}

/// A key that may have made a signature.
#[derive(Clone, Copy)]
pub(super) struct Candidate<'a> {
    primary: &'a SignedPublicKey,
    subkey: Option<&'a SignedPublicSubKey>,
}

impl Candidate<'_> {
    fn is_issuer(&self, signature: &Signature) -> bool {
        match self.subkey {
            Some(subkey) => names(signature, &subkey.key),
            None => names(signature, &self.primary.primary_key),
        }
    }

    pub(super) fn primary_fingerprint(&self) -> String {
        fingerprint(&self.primary.primary_key)
    }

    /// Whether a signature fits a text.
    pub(super) fn verify(&self, signature: &Signature, text: &[u8]) -> pgp::errors::Result<()> {
        match self.subkey {
            Some(subkey) => signature.verify(&subkey.key, text),
            None => signature.verify(&self.primary.primary_key, text),
        }
    }

    /// Whether the key could sign when it did, and still can; else what is wrong with it, as an end of a sentence.
    pub(super) fn may_sign(&self, created: SystemTime, judgement: Judgement) -> Result<(), &'static str> {
        if is_revoked(self.primary) {
            return Err("is revoked");
        }
        let own = newest(self_signatures(self.primary)).ok_or("has no good signature of its own")?;
        refuse_expired(&self.primary.primary_key, own, created, judgement)?;
        match self.subkey {
            None => may(own),
            Some(subkey) => subkey_may_sign(self.primary, subkey, created, judgement),
        }
    }
}

fn subkey_may_sign(
    primary: &SignedPublicKey,
    subkey: &SignedPublicSubKey,
    created: SystemTime,
    judgement: Judgement,
) -> Result<(), &'static str> {
    let good = |kind: SignatureType| {
        subkey.signatures.iter().filter(move |signature| {
            signature.typ() == Some(kind)
                && signature.verify_subkey_binding(&primary.primary_key, &subkey.key).is_ok()
        })
    };
    if good(SignatureType::SubkeyRevocation).next().is_some() {
        return Err("has revoked the subkey that signed");
    }
    let strong = good(SignatureType::SubkeyBinding).filter(|signature| is_strong(signature)).collect();
    let binding = newest(strong).ok_or("has not bound the subkey that signed")?;
    may(binding)?;
    let back = binding.embedded_signature().filter(|back| is_strong(back));
    let agrees =
        back.is_some_and(|back| back.verify_primary_key_binding(&subkey.key, &primary.primary_key).is_ok());
    if !agrees {
        return Err("has a subkey that does not agree to be its own");
    }
    refuse_expired(&subkey.key, binding, created, judgement)
}

/// Whether a signature names a key as its issuer: by fingerprint, or by key id where it has no fingerprint.
fn names(signature: &Signature, key: &impl KeyDetails) -> bool {
    let fingerprints = signature.issuer_fingerprint();
    if fingerprints.is_empty() {
        return signature.issuer_key_id().iter().any(|id| **id == key.legacy_key_id());
    }
    fingerprints.iter().any(|fingerprint| **fingerprint == key.fingerprint())
}

/// Whether a signature is over a hash without known collisions.
pub(super) fn is_strong(signature: &Signature) -> bool {
    matches!(
        signature.hash_alg(),
        Some(
            HashAlgorithm::Sha224
                | HashAlgorithm::Sha256
                | HashAlgorithm::Sha384
                | HashAlgorithm::Sha512
                | HashAlgorithm::Sha3_256
                | HashAlgorithm::Sha3_512
        )
    )
}

fn is_revoked(key: &SignedPublicKey) -> bool {
    key.details.revocation_signatures.iter().any(|signature| signature.verify_key(&key.primary_key).is_ok())
}

/// The good signatures of a key on itself: directly, and on its user ids.
fn self_signatures(key: &SignedPublicKey) -> Vec<&Signature> {
    let primary = &key.primary_key;
    let direct =
        key.details.direct_signatures.iter().filter(|signature| signature.verify_key(primary).is_ok());
    let users = key.details.users.iter().flat_map(|user| {
        user.signatures.iter().filter(move |signature| {
            signature.is_certification()
                && signature.typ() != Some(SignatureType::CertRevocation)
                && names(signature, primary)
                && signature.verify_certification(primary, Tag::UserId, &user.id).is_ok()
        })
    });
    direct.chain(users).filter(|signature| is_strong(signature)).collect()
}

fn newest(signatures: Vec<&Signature>) -> Option<&Signature> {
    signatures.into_iter().max_by_key(|signature| signature.created())
}

/// Whether the flags of a self-signature or binding let its key sign; no flags at all do.
fn may(signature: &Signature) -> Result<(), &'static str> {
    let subpackets = signature.config().into_iter().flat_map(|config| config.hashed_subpackets());
    let mut flags = subpackets.filter(|subpacket| matches!(subpacket.data, SubpacketData::KeyFlags(_)));
    if flags.next().is_none() || signature.key_flags().sign() { Ok(()) } else { Err("may not sign") }
}

/// Judged at the time of the signature, and, unless expired ones are accepted, now.
fn refuse_expired(
    key: &impl KeyDetails,
    binding: &Signature,
    created: SystemTime,
    judgement: Judgement,
) -> Result<(), &'static str> {
    let born: SystemTime = key.created_at().into();
    if created < born {
        return Err("is younger than its signature");
    }
    let life = binding.key_expiration_time().map_or(Duration::ZERO, Duration::from);
    if life.is_zero() {
        return Ok(());
    }
    let end = born + life;
    let is_over = end < created || (end < judgement.now && !judgement.accept_expired);
    if is_over { Err("has expired") } else { Ok(()) }
}
