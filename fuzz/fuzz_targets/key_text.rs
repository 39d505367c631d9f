//! Key texts: a key that is accepted is written and read to the same key, also in quotes and with escaped line feeds.

#![no_main]

use alipayplus_signing::{PrivateKey, PublicKey};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(key) = PublicKey::from_text(text) {
        assert!((2048..=8192).contains(&key.bits()));
        let pem = key.to_text();
        for form in [pem.clone(), format!("\"{}\"", pem.replace('\n', "\\n"))] {
            assert!(PublicKey::from_text(&form).is_ok_and(|read| read == key), "{form}");
        }
        assert!(PrivateKey::from_text(text).is_err());
    } else if let Ok(key) = PrivateKey::from_text(text) {
        assert!(PublicKey::from_text(&key.public_key_text()).is_ok());
    }
});
