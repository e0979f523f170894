//! OpenPGP keys whose secrets are no secret: made from a byte, so that they are the same in every run. EdDSA
//! in the form that GnuPG knows, so that gpgv and apt can be asked about these archives too.

use pgp::{
    composed::{ArmorOptions, CleartextSignedMessage, SignedKeyDetails, SignedPublicKey},
    crypto::{
        ed25519::{Mode, SecretKey as Secret},
        eddsa_legacy,
        hash::HashAlgorithm,
        public_key::PublicKeyAlgorithm,
    },
    packet::{
        KeyFlags, PubKeyInner, PublicKey, RevocationCode, SecretKey, SignatureConfig, SignatureType,
        Subpacket, SubpacketData, UserId,
    },
    types::{
        Duration, KeyDetails, KeyVersion, PacketHeaderVersion, Password, PlainSecretParams, PublicParams,
        SecretParams, SignedUser, Tag, Timestamp,
    },
};

/// 2020-01-01T00:00:00Z, when all keys are made.
const BORN: u32 = 1_577_836_800;

/// A key that signs archives.
pub struct Key {
    secret: SecretKey,
    public: SignedPublicKey,
}

impl Key {
    /// The key of good archives.
    pub fn archive() -> Self {
        Self::new(1, None, false)
    }

    /// A key that nobody trusts.
    pub fn stranger() -> Self {
        Self::new(2, None, false)
    }

    /// A key that was good for a year.
    pub fn expired() -> Self {
        Self::new(3, Some(365 * 86_400), false)
    }

    /// A key that its owner revoked.
    pub fn revoked() -> Self {
        Self::new(4, None, true)
    }

    fn new(seed: u8, life: Option<u32>, revoked: bool) -> Self {
        let secret = Secret::try_from_bytes([seed; 32], Mode::EdDSALegacy).unwrap();
        let parameters = PublicParams::EdDSALegacy((&secret).into());
        let born = Timestamp::from_secs(BORN);
        let inner = PubKeyInner::new(KeyVersion::V4, PublicKeyAlgorithm::EdDSALegacy, born, None, parameters)
            .unwrap();
        let public = PublicKey::from_inner(inner).unwrap();
        let secret = SecretKey::new(
            public.clone(),
            SecretParams::Plain(PlainSecretParams::EdDSALegacy(eddsa_legacy::SecretKey::Ed25519(secret))),
        )
        .unwrap();
        let details = SignedKeyDetails::new(
            if revoked { vec![revocation(&secret, &public)] } else { Vec::new() },
            Vec::new(),
            vec![user(&secret, &public, seed, life)],
            Vec::new(),
        );
        Self { secret, public: SignedPublicKey::new(public, details, Vec::new()) }
    }

    /// The fingerprint as a lock has it.
    pub fn fingerprint(&self) -> String {
        format!("{:X}", self.public.fingerprint())
    }

    pub fn public(&self) -> &SignedPublicKey {
        &self.public
    }

    /// The public key as a keyring file.
    pub fn armored(&self) -> String {
        self.public.to_armored_string(ArmorOptions::default()).unwrap()
    }

    /// The public key as a binary keyring file.
    pub fn binary(&self) -> Vec<u8> {
        pgp::ser::Serialize::to_bytes(&self.public).unwrap()
    }

    /// An `InRelease` file, signed at a time in seconds since 1970.
    pub fn clear_sign(&self, text: &str, at: u64) -> String {
        clear_sign_by(&[self], text, at)
    }
}

/// An `InRelease` file that several keys have signed.
pub fn clear_sign_by(keys: &[&Key], text: &str, at: u64) -> String {
    let at = u32::try_from(at).unwrap();
    let message = CleartextSignedMessage::new_many(text, |text| {
        let signed = keys.iter().map(|key| {
            let config = config(&key.secret, SignatureType::Text, at, Vec::new());
            config.sign(&key.secret, &Password::empty(), text.as_bytes())
        });
        signed.collect()
    });
    message.unwrap().to_armored_string(ArmorOptions::default()).unwrap()
}

fn config(key: &SecretKey, kind: SignatureType, at: u32, more: Vec<SubpacketData>) -> SignatureConfig {
    let mut config = SignatureConfig::v4(kind, PublicKeyAlgorithm::EdDSALegacy, HashAlgorithm::Sha256);
    let own = [
        SubpacketData::SignatureCreationTime(Timestamp::from_secs(at)),
        SubpacketData::IssuerFingerprint(key.fingerprint()),
    ];
    // GnuPG 2.2 wants the short id too.
    let id = SubpacketData::IssuerKeyId(key.legacy_key_id());
    config.unhashed_subpackets = vec![Subpacket::regular(id).unwrap()];
    config.hashed_subpackets =
        own.into_iter().chain(more).map(|data| Subpacket::regular(data).unwrap()).collect();
    config
}

fn user(secret: &SecretKey, public: &PublicKey, seed: u8, life: Option<u32>) -> SignedUser {
    let mut flags = KeyFlags::default();
    flags.set_certify(true);
    flags.set_sign(true);
    let mut more = vec![SubpacketData::KeyFlags(flags)];
    more.extend(life.map(|seconds| SubpacketData::KeyExpirationTime(Duration::from_secs(seconds))));
    let id =
        UserId::from_str(PacketHeaderVersion::New, format!("Archive {seed} <{seed}@example.org>")).unwrap();
    let config = config(secret, SignatureType::CertPositive, BORN, more);
    let signature = config.sign_certification(secret, public, &Password::empty(), Tag::UserId, &id).unwrap();
    id.into_signed(signature)
}

fn revocation(secret: &SecretKey, public: &PublicKey) -> pgp::packet::Signature {
    let more =
        vec![SubpacketData::RevocationReason(RevocationCode::KeyCompromised, b"lost".as_slice().into())];
    let config = config(secret, SignatureType::KeyRevocation, BORN + 86_400, more);
    config.sign_key(secret, &Password::empty(), public).unwrap()
}
