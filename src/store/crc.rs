//! CRC-32 (IEEE 802.3, the one of zlib and `java.util.zip.CRC32`) and RocketMQ's use of it for message bodies.

/// The remainder of each half byte: sixteen words where the usual table of bytes takes 256, and does not compress.
const TABLE: [u32; 16] = {
    let mut table = [0; 16];
    let mut half = 0;
    while half < 16 {
        let mut value = half as u32;
        let mut bit = 0;
        while bit < 4 {
            value = if value & 1 == 1 { 0xEDB8_8320 ^ (value >> 1) } else { value >> 1 };
            bit += 1;
        }
        table[half] = value;
        half += 1;
    }
    table
};

/// CRC-32 of `bytes`; 0 for none.
pub fn crc32(bytes: &[u8]) -> u32 {
    let half = |crc: u32| TABLE[(crc & 0xF) as usize] ^ (crc >> 4);
    !bytes.iter().fold(u32::MAX, |crc, &byte| half(half(crc ^ u32::from(byte))))
}

/// BODYCRC of a message: CRC-32 without its top bit (`UtilAll.crc32`), so never negative.
pub fn body_crc(body: &[u8]) -> i32 {
    (crc32(body) & 0x7FFF_FFFF) as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crc32_is_the_ieee_one() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
        assert_eq!(crc32(b"hi"), 0xD893_2AAC);
    }

    #[test]
    fn body_crc_drops_the_top_bit() {
        assert_eq!(body_crc(b"hi"), 1_486_039_724);
        assert_eq!(body_crc(b""), 0);
    }
}
