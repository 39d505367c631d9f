//! A gzip bomb: about 200 KiB that decompress to 32 MiB.

/// A run of zeros: one literal, then again and again "258 bytes as the last one" in 13 bits.
pub(crate) fn bomb() -> Vec<u8> {
    let mut bits = Bits { bytes: vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff], used: 0 };
    // The last block, of fixed codes.
    bits.push("110");
    bits.push("00110000");
    for _ in 0..(32 << 20) / 258 {
        bits.push("11000101");
        bits.push("00000");
    }
    bits.push("0000000");
    // The checksum is wrong: reaching it means that everything was decompressed.
    bits.bytes.extend([0; 8]);
    bits.bytes
}

struct Bits {
    bytes: Vec<u8>,
    /// The bits in use in the last byte.
    used: u8,
}

impl Bits {
    /// Lowest bit first.
    fn push(&mut self, bits: &str) {
        for bit in bits.bytes() {
            if self.used == 0 {
                self.bytes.push(0);
            }
            if let Some(last) = self.bytes.last_mut() {
                *last |= u8::from(bit == b'1') << self.used;
            }
            self.used = (self.used + 1) % 8;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_begins_as_a_gzip_file_of_modest_size() {
        let bomb = bomb();
        assert_eq!(bomb[..4], [0x1f, 0x8b, 8, 0]);
        // 13 bits for 258 bytes of it, each.
        assert_eq!(bomb.len(), 10 + (3 + 8 + 130_055 * 13 + 7_usize).div_ceil(8) + 8);
    }
}
