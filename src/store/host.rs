//! The address of a producer or broker as message records hold it, and the message id that is made of one.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use super::bytes::{be_i32, be_i64, push_i32};
use super::error::{Allowed, DecodeError};

/// An address and a port (four bytes on disk).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Host {
    /// IPv4, 8 bytes on disk.
    V4 {
        /// In network order.
        address: [u8; 4],
        /// 0 to 65535.
        port: i32,
    },
    /// IPv6, 20 bytes on disk.
    V6 {
        /// In network order.
        address: [u8; 16],
        /// 0 to 65535.
        port: i32,
    },
}

impl Host {
    /// Bytes on disk: 8 or 20.
    pub const fn size(&self) -> usize {
        match self {
            Host::V4 { .. } => 8,
            Host::V6 { .. } => 20,
        }
    }

    /// Whether its SYSFLAG bit is set.
    pub const fn is_v6(&self) -> bool {
        matches!(self, Host::V6 { .. })
    }

    /// Appends the address bytes and the port.
    pub fn encode_to(&self, bytes: &mut Vec<u8>) {
        let port = match self {
            Host::V4 { address, port } => {
                bytes.extend_from_slice(address);
                port
            }
            Host::V6 { address, port } => {
                bytes.extend_from_slice(address);
                port
            }
        };
        push_i32(bytes, *port);
    }

    /// The host at byte `at`; `None` when the slice ends before it does.
    pub fn decode(bytes: &[u8], at: usize, v6: bool) -> Option<Self> {
        let address = bytes.get(at..)?;
        Some(if v6 {
            Host::V6 { address: *address.first_chunk()?, port: be_i32(address, 16)? }
        } else {
            Host::V4 { address: *address.first_chunk()?, port: be_i32(address, 4)? }
        })
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Host::V4 { address, port } => write!(f, "{}:{port}", IpAddr::from(*address)),
            Host::V6 { address, port } => write!(f, "[{}]:{port}", IpAddr::from(*address)),
        }
    }
}

/// Text that is not `address:port`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HostParseError {
    /// The text.
    pub found: String,
}

impl fmt::Display for HostParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} is not an address and port like 10.0.0.1:10911 or [::1]:10911", self.found)
    }
}

impl std::error::Error for HostParseError {}

impl FromStr for Host {
    type Err = HostParseError;

    fn from_str(text: &str) -> Result<Self, HostParseError> {
        let socket: SocketAddr = text.parse().map_err(|_| HostParseError { found: text.to_owned() })?;
        let port = i32::from(socket.port());
        Ok(match socket.ip() {
            IpAddr::V4(ip) => Host::V4 { address: ip.octets(), port },
            IpAddr::V6(ip) => Host::V6 { address: ip.octets(), port },
        })
    }
}

/// The broker's id of a message: store host and physical offset in upper-case hex, 32 or 56 characters
/// (`MessageDecoder.createMessageId`).
pub fn offset_msg_id(store_host: &Host, physical_offset: i64) -> String {
    let mut bytes = Vec::with_capacity(28);
    store_host.encode_to(&mut bytes);
    bytes.extend_from_slice(&physical_offset.to_be_bytes());
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}

/// Store host and physical offset of an id. 32 characters mean IPv4, as in `decodeMessageId`.
///
/// # Errors
/// Another length than 32 or 56, or a character that is no hex digit (`found` is its first byte).
pub fn parse_offset_msg_id(id: &str) -> Result<(Host, i64), DecodeError> {
    const LENGTHS: &[i64] = &[32, 56];
    let what = "offsetMsgId";
    if id.len() != 32 && id.len() != 56 {
        let (found, allowed) = (id.len() as i64, Allowed::OneOf(LENGTHS));
        return Err(DecodeError { what, offset: 0, found, allowed });
    }
    if let Some((offset, byte)) = id.bytes().enumerate().find(|(_, byte)| !byte.is_ascii_hexdigit()) {
        return Err(DecodeError {
            what,
            offset,
            found: i64::from(byte),
            allowed: Allowed::AtMost(i64::from(b'f')),
        });
    }
    let digit = |byte: u8| (byte as char).to_digit(16).unwrap_or(0) as u8;
    let bytes: Vec<u8> = id.as_bytes().chunks(2).map(|pair| digit(pair[0]) << 4 | digit(pair[1])).collect();
    let v6 = id.len() == 56;
    let short = || DecodeError::short(what, bytes.len(), if v6 { 28 } else { 16 });
    let host = Host::decode(&bytes, 0, v6).ok_or_else(short)?;
    let offset = be_i64(&bytes, host.size()).ok_or_else(short)?;
    Ok((host, offset))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn message_ids_name_host_and_offset_in_both_address_families() {
        for (host, id) in [
            ("10.0.0.1:10911", "0A00000100002A9F0000000000000030"),
            ("[::2]:10911", "0000000000000000000000000000000200002A9F0000000000000030"),
        ] {
            let host: Host = host.parse().unwrap();
            assert_eq!(offset_msg_id(&host, 48), id);
            assert_eq!(parse_offset_msg_id(id), Ok((host, 48)));
        }
        assert_eq!(parse_offset_msg_id("0A").map_err(|e| e.found), Err(2));
        assert_eq!(parse_offset_msg_id(&"é".repeat(16)).map_err(|e| e.offset), Err(0));
    }

    #[test]
    fn hosts_print_as_they_parse() {
        for text in ["10.1.2.3:40000", "[2001:db8::1]:5000"] {
            assert_eq!(text.parse::<Host>().unwrap().to_string(), text);
        }
        assert!("10.1.2.3".parse::<Host>().is_err());
    }
}
