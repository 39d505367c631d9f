//! The `Signature` header: what is accepted is formatted and parsed to the same header.

#![no_main]

use alipayplus_signing::SignatureHeader;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|value: &[u8]| {
    let Ok(header) = SignatureHeader::from_values([value]) else { return };
    // A longer signature, of no key, may not fit into a header when it is percent-encoded.
    if header.signature().len() > 1024 {
        return;
    }
    let text = header.to_string();
    assert_eq!(SignatureHeader::parse(&text), Ok(header), "{text}");
});
