//! The grammar of the `Signature` header.

use alipayplus_signing::{HeaderError, KeyRing, KeyRingError, SignatureHeader, TrustedKeys};

use crate::support::{CLIENT_ID, public_key};

fn parse(value: &str) -> Result<(Option<u64>, Vec<u8>), HeaderError> {
    SignatureHeader::parse(value).map(|header| (header.key_version(), header.signature().to_vec()))
}

#[test]
fn parses_every_order_case_and_space() {
    for value in [
        "algorithm=RSA256,keyVersion=7,signature=AQID",
        "algorithm=RSA256, keyVersion=7, signature=AQID",
        "signature=AQID,keyVersion=7,algorithm=rsa256",
        "SIGNATURE=AQID , keyversion=7\t,\tALGORITHM=Rsa256",
        "  \talgorithm=RSA256,keyVersion=007,signature=AQID \t",
        "keyVersion=7,signature=AQID",
        "nonce=x=y,algorithm=RSA256,keyVersion=7,signature=AQID,more=1",
    ] {
        assert_eq!(parse(value), Ok((Some(7), vec![1, 2, 3])), "{value}");
    }
    assert_eq!(parse("signature=AQID"), Ok((None, vec![1, 2, 3])));
}

#[test]
fn rejects_what_breaks_the_grammar() {
    let not_pairs = HeaderError::NotPairs;
    let quote_or_space = HeaderError::QuoteOrSpace;
    for (value, error) in [
        ("", &not_pairs),
        ("AQID", &not_pairs),
        ("signature=AQID,", &not_pairs),
        (",signature=AQID", &not_pairs),
        ("signature=AQID,,keyVersion=1", &not_pairs),
        ("signature=", &not_pairs),
        ("keyVersion=,signature=AQID", &not_pairs),
        ("other=,signature=AQID", &not_pairs),
        ("=AQID", &not_pairs),
        ("signature=AQID;keyVersion=1", &HeaderError::NotBase64),
        ("algorithm =none,signature=AQID", &quote_or_space),
        ("algorithm= RSA256,signature=AQID", &quote_or_space),
        ("signature=\"AQID\"", &quote_or_space),
        ("other=\"a,b\",signature=AQID", &quote_or_space),
        ("signature=AQ ID", &quote_or_space),
        ("signature=AQID,signature=AQID", &HeaderError::RepeatedKey),
        ("signature=AQID,keyVersion=1,KEYVERSION=2", &HeaderError::RepeatedKey),
        ("signature=AQID,other=1,Other=2", &HeaderError::RepeatedKey),
        ("algorithm=RSA256,keyVersion=1", &HeaderError::NoSignature),
        ("signature=AQID\n", &HeaderError::NotAscii),
        ("signature=AQID\0", &HeaderError::NotAscii),
        ("signature=AQIDé", &HeaderError::NotAscii),
    ] {
        assert_eq!(parse(value).as_ref(), Err(error), "{value:?}");
    }
}

#[test]
fn rejects_other_algorithms() {
    for found in ["none", "RSA512", "RSA", "RSA2560", "%52SA256"] {
        let expected = HeaderError::UnsupportedAlgorithm { found: found.to_owned() };
        assert_eq!(parse(&format!("algorithm={found},signature=AQID")), Err(expected));
    }
    let expected = HeaderError::UnsupportedAlgorithm { found: "x".repeat(32) };
    assert_eq!(parse(&format!("algorithm={},signature=AQID", "x".repeat(99))), Err(expected));
}

#[test]
fn key_version_is_a_non_negative_integer() {
    for (text, version) in [("0", 0), ("1", 1), ("18446744073709551615", u64::MAX)] {
        assert_eq!(parse(&format!("keyVersion={text},signature=AQID")), Ok((Some(version), vec![1, 2, 3])));
    }
    for text in ["-1", "+1", "1.0", "1e3", "0x1", "v1"] {
        assert_eq!(parse(&format!("keyVersion={text},signature=AQID")), Err(HeaderError::KeyVersion), "{text}");
    }
}

#[test]
fn a_key_version_beyond_64_bits_is_a_version_that_no_key_has() {
    let huge = "9".repeat(2000);
    for text in ["18446744073709551616", "100000000000000000000000000", &huge] {
        let header = SignatureHeader::parse(&format!("keyVersion={text},signature=AQID")).unwrap();
        assert_eq!(header.key_version(), Some(u64::MAX), "{text}");
        let (clients, server) = (KeyRing::new(), TrustedKeys::new());
        clients.insert(CLIENT_ID, 1, public_key("k1")).unwrap();
        server.insert(1, public_key("k1"));
        let unknown = clients.candidates(CLIENT_ID, header.key_version()).unwrap_err();
        assert_eq!(unknown, KeyRingError::UnknownVersion { version: Some(u64::MAX) }, "{text}");
        assert_eq!(server.candidates(header.key_version()).unwrap_err(), unknown, "{text}");
    }
}

#[test]
fn decodes_every_form_of_base64() {
    let signature = [0xfb, 0xef, 0xff, 0xff];
    for text in [
        "%2B%2B%2F%2F%2Fw%3D%3D",
        "%2b%2b%2f%2f%2fw%3d%3d",
        "%2B%2B%2F%2F%2Fw",
        "++///w==",
        "++///w",
        "--___w==",
        "--___w",
        "%2D-_%5F_w%3D%3D",
    ] {
        assert_eq!(parse(&format!("signature={text}")), Ok((None, signature.to_vec())), "{text}");
    }
    for (text, signature) in [("-A", [0xf8]), ("_w", [0xff]), ("+A", [0xf8]), ("/w==", [0xff])] {
        assert_eq!(parse(&format!("signature={text}")), Ok((None, signature.to_vec())), "{text}");
    }
    for text in [
        "++___w",     // mixed alphabets
        "++///x",     // trailing bits that no encoder sets
        "++///w===",  // too much padding
        "++///",      // five characters
        "%2",         // an incomplete escape
        "%20AQID",    // an escaped space
        "%252B%252B", // escaped twice
        "%FF",
        "====",
        "testing_signatur!",
    ] {
        assert_eq!(parse(&format!("signature={text}")), Err(HeaderError::NotBase64), "{text}");
    }
}

#[test]
fn length_and_number_of_pairs_are_limited() {
    let head = "signature=AQID,other=";
    let longest = format!("{head}{}", "x".repeat(4096 - head.len()));
    assert!(parse(&longest).is_ok());
    assert_eq!(parse(&format!("{longest}x")), Err(HeaderError::TooLong { length: 4097, limit: 4096 }));

    let pairs = |count: usize| {
        let others: Vec<String> = (1..count).map(|n| format!("k{n}=1,")).collect();
        others.concat() + "signature=AQID"
    };
    assert!(parse(&pairs(16)).is_ok());
    assert_eq!(parse(&pairs(17)), Err(HeaderError::NotPairs));
}

#[test]
fn exactly_one_value_is_accepted() {
    let value = "keyVersion=1,signature=AQID";
    let expected = SignatureHeader::new(Some(1), vec![1, 2, 3]);
    assert_eq!(SignatureHeader::from_values([value]), Ok(expected.clone()));
    assert_eq!(SignatureHeader::from_values([value.as_bytes()]), Ok(expected.clone()));
    assert_eq!(SignatureHeader::from_values(vec![value.to_owned()]), Ok(expected));
    assert_eq!(SignatureHeader::from_values::<[&str; 0]>([]), Err(HeaderError::Missing));
    assert_eq!(SignatureHeader::from_values([value, value]), Err(HeaderError::Repeated));
    assert_eq!(SignatureHeader::from_values([b"signature=\xff".as_slice()]), Err(HeaderError::NotAscii));
}

#[test]
fn formatted_headers_are_parsed_again() {
    for (version, length) in [(None, 1), (Some(0), 2), (Some(1), 3), (Some(u64::MAX), 1024)] {
        let signature: Vec<u8> = (0..=255).cycle().skip(length).take(length).collect();
        let header = SignatureHeader::new(version, signature);
        let text = header.to_string();
        assert_eq!(text.parse(), Ok(header), "{text}");
        assert!(!text.contains(['+', '/']) && text.matches('=').count() <= 3, "{text}");
    }
    let without_version = SignatureHeader::new(None, vec![0xff, 0xff, 0xbe]);
    assert_eq!(without_version.to_string(), "algorithm=RSA256, signature=%2F%2F%2B%2B");
}
