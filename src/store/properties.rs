//! The properties string of a message: `name 0x01 value 0x02` for each pair (`MessageDecoder.messageProperties2String`,
//! `string2messageProperties`). The original's order is a Java HashMap's; here it is the order given.

use super::bytes::{split_at_byte, split_bytes};

/// Between name and value (`NAME_VALUE_SEPARATOR`).
pub const NAME_END: u8 = 1;
/// After each pair, the last one too (`PROPERTY_SEPARATOR`).
pub const PAIR_END: u8 = 2;
/// Most UTF-8 bytes of the whole string.
pub const MAX_SIZE: usize = i16::MAX as usize;

/// The tag that a consumer's subscription is matched with.
pub const TAGS: &str = "TAGS";
/// Business keys, separated by spaces.
pub const KEYS: &str = "KEYS";
/// The level of a delayed message, from 1.
pub const DELAY: &str = "DELAY";
/// The producer's own message id, the same on every retry.
pub const UNIQ_KEY: &str = "UNIQ_KEY";

/// Joins pairs in their order.
pub fn encode<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut text = String::new();
    for (name, value) in pairs {
        text.push_str(name);
        text.push(char::from(NAME_END));
        text.push_str(value);
        text.push(char::from(PAIR_END));
    }
    text
}

/// The pairs that reading keeps: those with an empty name or an empty value vanish, the last `0x02` may be missing, a
/// value may contain `0x01`.
pub fn pairs(text: &str) -> impl Iterator<Item = (&str, &str)> {
    split_bytes(text, PAIR_END)
        .filter_map(|pair| split_at_byte(pair, NAME_END))
        .filter(|(name, value)| !name.is_empty() && !value.is_empty())
}

/// The value of `name`; of several the last, as in the original's map.
pub fn get<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    pairs(text).filter(|(found, _)| *found == name).map(|(_, value)| value).last()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_read_back_in_order() {
        let text = encode([("TAGS", "TagA"), ("UNIQ_KEY", "U1")]);
        assert_eq!(text, "TAGS\u{1}TagA\u{2}UNIQ_KEY\u{1}U1\u{2}");
        assert!(pairs(&text).eq([("TAGS", "TagA"), ("UNIQ_KEY", "U1")]));
    }

    #[test]
    fn empty_names_and_values_vanish_and_the_last_separator_may_be_missing() {
        let text = "a\u{1}\u{2}\u{1}b\u{2}no separator\u{2}\u{2}k\u{1}v\u{1}w\u{2}k\u{1}last";
        assert!(pairs(text).eq([("k", "v\u{1}w"), ("k", "last")]));
        assert_eq!(get(text, "k"), Some("last"));
        assert_eq!(get(text, "a"), None);
    }
}
