use pgp::{
    composed::{ArmorOptions, CleartextSignedMessage},
    crypto::{hash::HashAlgorithm, public_key::PublicKeyAlgorithm},
    packet::{Signature, SignatureConfig, SignatureType, Subpacket, SubpacketData},
    types::{KeyDetails, SignatureBytes, Timestamp},
};

use super::*;
use crate::debian::fixture::{DATE, Key};

const TEXT: &str = "Suite: stable\n- a line that begins with a dash\nCodename: trixie\n";

fn at(seconds: u64) -> Judgement {
    Judgement {
        now: SystemTime::UNIX_EPOCH + Duration::from_secs(seconds),
        accept_expired: false,
        max_age: None,
    }
}

fn verify(key: &Key, message: &str, judgement: Judgement) -> Result<Verified, TrustError> {
    Keyring::read(key.armored().as_bytes()).unwrap().verify(message.as_bytes(), judgement)
}

#[test]
fn the_text_and_the_signer_of_a_good_message_are_known() {
    let key = Key::archive();
    let message = key.clear_sign(TEXT, DATE);
    let expected = Verified { text: TEXT.trim_end().to_owned(), signers: vec![key.fingerprint()] };
    assert_eq!(
        verify(&key, &message, at(DATE)).map(|v| Verified { text: v.text.trim_end().into(), ..v }),
        Ok(expected.clone())
    );
    let binary = Keyring::read(&key.binary()).unwrap().verify(message.as_bytes(), at(DATE)).unwrap();
    assert_eq!(binary.signers, expected.signers);
}

#[test]
fn several_armored_keys_make_one_keyring() {
    let both = format!("{}\n{}", Key::stranger().armored(), Key::archive().armored());
    let message = Key::archive().clear_sign(TEXT, DATE);
    assert!(Keyring::read(both.as_bytes()).unwrap().verify(message.as_bytes(), at(DATE)).is_ok());
    assert_eq!(Keyring::read(b"nothing").unwrap_err(), TrustError::NoKeys);
}

#[test]
fn a_stranger_does_not_count() {
    let message = Key::stranger().clear_sign(TEXT, DATE);
    let Err(TrustError::NoGoodSignature(reasons)) = verify(&Key::archive(), &message, at(DATE)) else {
        panic!()
    };
    assert!(reasons[0].contains("is not in the keyring"), "{reasons:?}");
}

#[test]
fn a_changed_text_is_refused() {
    let message = Key::archive().clear_sign(TEXT, DATE).replace("trixie", "forky");
    assert_eq!(
        verify(&Key::archive(), &message, at(DATE)),
        Err(TrustError::BadSignature(Key::archive().fingerprint()))
    );
}

#[test]
fn text_outside_of_the_message_is_refused() {
    let key = Key::archive();
    let message = key.clear_sign(TEXT, DATE);
    for outside in [
        format!("Suite: sid\n{message}"),
        format!("\n{message}"),
        format!("{message}Suite: sid\n"),
        format!("{message}{message}"),
        message.replace(
            "-----BEGIN PGP SIGNATURE",
            "-----BEGIN PGP SIGNED MESSAGE-----\n\nx\n-----BEGIN PGP SIGNATURE",
        ),
    ] {
        assert!(verify(&key, &outside, at(DATE)).is_err(), "{outside}");
    }
    assert!(matches!(verify(&key, TEXT, at(DATE)), Err(TrustError::NotSigned(_))));
    assert!(verify(&key, &format!("{message}\n \n"), at(DATE)).is_ok());
}

#[test]
fn an_expired_key_may_be_accepted_for_what_it_signed_in_its_time() {
    let key = Key::expired();
    let in_time = 1_577_836_800 + 86_400;
    assert!(verify(&key, &key.clear_sign(TEXT, in_time), at(in_time)).is_ok());
    let late = verify(&key, &key.clear_sign(TEXT, in_time), at(DATE)).unwrap_err();
    assert!(late.to_string().ends_with("has expired"), "{late}");
    let leniently = Judgement { accept_expired: true, ..at(DATE) };
    assert!(verify(&key, &key.clear_sign(TEXT, in_time), leniently).is_ok());
    assert!(verify(&key, &key.clear_sign(TEXT, DATE), leniently).is_err());
}

#[test]
fn a_revoked_key_is_refused() {
    let error = verify(&Key::revoked(), &Key::revoked().clear_sign(TEXT, DATE), at(DATE)).unwrap_err();
    assert!(error.to_string().ends_with("is revoked"), "{error}");
}

#[test]
fn a_signature_from_the_future_is_refused() {
    let message = Key::archive().clear_sign(TEXT, DATE + 3 * 86_400);
    let error = verify(&Key::archive(), &message, at(DATE)).unwrap_err();
    assert!(error.to_string().ends_with("is from the future"), "{error}");
}

#[test]
fn a_weak_hash_is_refused() {
    let key = Key::archive();
    let keyring = Keyring::read(key.armored().as_bytes()).unwrap();
    for hash in [HashAlgorithm::Sha1, HashAlgorithm::Md5] {
        let mut config = SignatureConfig::v4(SignatureType::Text, PublicKeyAlgorithm::EdDSALegacy, hash);
        config.hashed_subpackets = vec![
            Subpacket::regular(SubpacketData::SignatureCreationTime(Timestamp::from_secs(DATE as u32)))
                .unwrap(),
            Subpacket::regular(SubpacketData::IssuerFingerprint(key.public().fingerprint())).unwrap(),
        ];
        let signature = Signature::from_config(
            config,
            [0, 0],
            SignatureBytes::Mpis(vec![pgp::types::Mpi::from_slice(&[1]), pgp::types::Mpi::from_slice(&[1])]),
        )
        .unwrap();
        let message = CleartextSignedMessage::new_many(TEXT, |_| Ok(vec![signature])).unwrap();
        let message = message.to_armored_string(ArmorOptions::default()).unwrap();
        let error = keyring.verify(message.as_bytes(), at(DATE)).unwrap_err();
        assert!(error.to_string().ends_with("rests on a weak hash"), "{error}");
    }
}

const RELEASE: &str = "Origin: Debian\nSuite: oldstable\nCodename: bookworm\nDate: Sat, 11 Jul 2026 10:16:37 UTC\n\
    Valid-Until: Sat, 18 Jul 2026 10:16:37 UTC\nAcquire-By-Hash: yes\nArchitectures: all amd64\nComponents: main\n\
    MD5Sum:\n d41d8cd98f00b204e9800998ecf8427e 0 main/x\nSHA256:\n \
    e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 0 main/binary-amd64/Packages\n";

#[test]
fn a_release_is_read() {
    let release = Release::parse(RELEASE).unwrap();
    assert_eq!(
        (release.suite.as_str(), release.codename.as_str(), release.by_hash),
        ("oldstable", "bookworm", true)
    );
    assert_eq!(date::write_lock(release.date), "2026-07-11T10:16:37Z");
    assert_eq!(release.files.len(), 1);
    assert_eq!(release.files["main/binary-amd64/Packages"].size, 0);
}

#[test]
fn a_release_is_judged_by_suite_and_time() {
    let release = Release::parse(RELEASE).unwrap();
    let day = |text| Judgement { now: date::parse_lock(text).unwrap(), ..at(0) };
    let in_time = day("2026-07-12T00:00:00Z");
    assert_eq!(release.judge("bookworm", in_time), Ok(()));
    assert_eq!(release.judge("oldstable", in_time), Ok(()));
    assert!(matches!(release.judge("trixie", in_time), Err(TrustError::OtherSuite { .. })));
    assert!(matches!(
        release.judge("bookworm", day("2026-08-01T00:00:00Z")),
        Err(TrustError::Expired { .. })
    ));
    let leniently = Judgement { accept_expired: true, ..day("2026-08-01T00:00:00Z") };
    assert_eq!(release.judge("bookworm", leniently), Ok(()));
    let most = Duration::from_secs(86_400);
    let strictly = |text| Judgement { max_age: Some(most), ..day(text) };
    assert_eq!(release.judge("bookworm", strictly("2026-07-12T10:16:37Z")), Ok(()));
    assert!(matches!(
        release.judge("bookworm", strictly("2026-07-12T10:16:38Z")),
        Err(TrustError::TooOld { .. })
    ));
    assert!(matches!(release.judge("bookworm", day("2026-07-01T00:00:00Z")), Err(TrustError::Future { .. })));
    assert_eq!(release.judge("bookworm", day("2026-07-11T00:00:00Z")), Ok(()));
}

#[test]
fn a_release_without_what_matters_is_refused() {
    for (from, to) in [
        ("Date: Sat", "Dote: Sat"),
        ("Date: Sat, 11 Jul", "Date: Sat, 11 Quintilis"),
        ("SHA256:", "SHA1:"),
        ("e3b0c4", "e3b0"),
        (" 0 main/binary", " many main/binary"),
    ] {
        assert!(Release::parse(&RELEASE.replace(from, to)).is_err(), "{from} → {to}");
    }
    let (_, file) = RELEASE.rsplit_once("SHA256:\n").unwrap();
    assert!(Release::parse(&format!("{RELEASE}{file}")).is_ok());
    let two = Release::parse(&format!("{RELEASE}{}", file.replace(" 0 main", " 1 main")));
    assert!(two.is_err(), "two lengths for one path");
}

/// Where a test that `spec/trust.md` names is, and what it is called.
fn place(name: &str) -> Option<(String, &str)> {
    let (module, test) = name.rsplit_once("::")?;
    let below = match module.split("::").next()? {
        "trust" | "lock" | "index" | "sources" => "build/src/debian",
        "fetch" => "build/src",
        _ => "plc/tests/cli",
    };
    Some((format!("{}/../{below}/{}.rs", env!("CARGO_MANIFEST_DIR"), module.replace("::", "/")), test))
}

#[test]
fn the_page_names_tests_that_exist() {
    let page = include_str!("../../../../../spec/trust.md");
    let code = page.split('`').skip(1).step_by(2);
    let is_test = |name: &&str| {
        let mut parts = name.split("::");
        name.contains("::")
            && parts.all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'))
    };
    let names: Vec<&str> = code.filter(is_test).collect();
    assert!(names.len() > 40, "{}", names.len());
    for name in names {
        let (path, test) = place(name).unwrap();
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{name}: {path}: {error}"));
        assert!(text.contains(&format!("#[test]\nfn {test}()")), "{name} is not in {path}");
    }
}
