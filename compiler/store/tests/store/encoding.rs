use plc_store::{BlobDigest, TreeDigest, encode};
use proptest::prelude::*;

proptest! {
    #[test]
    fn round_trip(value in any::<(u64, Vec<u8>, Option<String>, i32)>()) {
        let bytes = encode::encode(&value);
        prop_assert_eq!(encode::decode::<(u64, Vec<u8>, Option<String>, i32)>("a value", &bytes).unwrap(), value);
    }

    #[test]
    fn digests(bytes in any::<[u8; 32]>()) {
        let digest = BlobDigest::from_bytes(bytes);
        prop_assert_eq!(digest.to_hex().parse::<BlobDigest>().unwrap(), digest);
        prop_assert_eq!(digest.to_string(), digest.to_hex());
        prop_assert_eq!(encode::encode(&digest), bytes);
        let json = serde_json::to_string(&digest).unwrap();
        prop_assert_eq!(&json, &format!("\"{digest}\""));
        prop_assert_eq!(serde_json::from_str::<BlobDigest>(&json).unwrap(), digest);
    }
}

#[test]
fn a_longer_form_of_the_same_number_is_refused() {
    assert_eq!(encode::decode::<u64>("a number", &[0x05]).unwrap(), 5);
    assert!(encode::decode::<u64>("a number", &[0x85, 0x00]).is_err());
    assert!(encode::decode::<Vec<u8>>("bytes", &[0x81, 0x00, 7]).is_err());
    assert!(encode::decode::<u64>("a number", &[0x05, 0x00]).is_err());
    assert!(encode::decode::<u64>("a number", &[]).is_err());
}

#[test]
fn a_digest_is_64_small_digits() {
    let good = "0123456789abcdef".repeat(4);
    assert!(good.parse::<TreeDigest>().is_ok());
    for bad in [&good[1..], &good.to_uppercase(), &format!("{good}0"), &good.replace('a', "g"), ""] {
        assert!(bad.parse::<TreeDigest>().is_err(), "{bad:?}");
    }
}

#[test]
fn domains_keep_hashes_apart() {
    assert_ne!(encode::hash("plc 1 tree", b"x"), encode::hash("plc 1 derivation", b"x"));
    let hashed = encode::Domain::new("plc 1 tree").hash(&"x", &mut b"rest".to_vec());
    assert_eq!(hashed, encode::hash("plc 1 tree", &encode::encode(&"x")));
    assert_ne!(encode::hash("plc 1 tree", b"x"), *blake3::hash(b"x").as_bytes());
}
