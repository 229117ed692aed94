//! Splitting foreign bytes into keys, skipping what cannot be understood.

use pgp::armor::{BlockType, Dearmor};
use pgp::composed::{
    SignedPublicKey, SignedPublicKeyParser, SignedSecretKey, SignedSecretKeyParser,
};
use pgp::packet::{Packet, PacketParser, PacketTrait as _, Signature};
use pgp::types::Tag;

use super::Certificate;

/// One key as found.
pub(super) enum Found {
    Public(Box<SignedPublicKey>),
    Secret(Box<SignedSecretKey>),
}

/// The keys in `bytes`, armored (several blocks may follow each other) or binary, and how many were skipped
/// because they could not be understood.
pub(super) fn keys(bytes: &[u8]) -> (Vec<Found>, usize) {
    let mut skipped = 0;
    let mut found = Vec::new();
    for key in split(all_packets(bytes)) {
        match parse(key) {
            Some(key) => found.push(key),
            None => skipped += 1,
        }
    }
    (found, skipped)
}

fn all_packets(bytes: &[u8]) -> Vec<Packet> {
    let blocks = armored_blocks(bytes);
    if blocks.is_empty() {
        packets(bytes)
    } else {
        blocks.iter().flat_map(|block| packets(block)).collect()
    }
}

/// The packets that can be part of a key. A packet that cannot be read is left out: every statement that
/// counts is checked by a signature of its own.
fn packets(bytes: &[u8]) -> Vec<Packet> {
    let wanted = |packet: &Packet| {
        matches!(
            packet.tag(),
            Tag::PublicKey
                | Tag::SecretKey
                | Tag::PublicSubkey
                | Tag::SecretSubkey
                | Tag::UserId
                | Tag::UserAttribute
                | Tag::Signature
        )
    };
    PacketParser::new(bytes)
        .filter_map(Result::ok)
        .filter(wanted)
        .collect()
}

/// Whether there is a secret key, or a piece of one, in `bytes`.
pub(crate) fn holds_secret_key(bytes: &[u8]) -> bool {
    let is_secret = |packet: &Packet| matches!(packet.tag(), Tag::SecretKey | Tag::SecretSubkey);
    let named = |text: &str| text.contains("-----BEGIN PGP PRIVATE KEY BLOCK-----");
    std::str::from_utf8(bytes).is_ok_and(named) || all_packets(bytes).iter().any(is_secret)
}

/// The public keys in `bytes`, armored or binary. Secret keys among them are passed over.
pub(crate) fn public_keys(bytes: &[u8]) -> Vec<Certificate> {
    let (found, _) = keys(bytes);
    let public = found.into_iter().filter_map(|key| match key {
        Found::Public(key) => Some(Certificate::new(*key)),
        Found::Secret(_) => None,
    });
    public.collect()
}

/// One run of packets per key, each beginning with its primary key.
fn split(packets: Vec<Packet>) -> Vec<Vec<Packet>> {
    let mut keys: Vec<Vec<Packet>> = Vec::new();
    for packet in packets {
        let begins = matches!(packet.tag(), Tag::PublicKey | Tag::SecretKey);
        match keys.last_mut() {
            Some(key) if !begins => key.push(packet),
            // Packets before the first key belong to nothing.
            None if !begins => {}
            _ => keys.push(vec![packet]),
        }
    }
    keys
}

fn parse(packets: Vec<Packet>) -> Option<Found> {
    let secret = matches!(packets.first(), Some(Packet::SecretKey(_)));
    let packets = packets.into_iter().map(Ok).peekable();
    if secret {
        let key = SignedSecretKeyParser::from_packets(packets).next()?;
        key.ok().map(|key| Found::Secret(Box::new(key)))
    } else {
        let key = SignedPublicKeyParser::from_packets(packets).next()?;
        key.ok().map(|key| Found::Public(Box::new(key)))
    }
}

/// The content of every armored key block in `bytes`.
fn armored_blocks(bytes: &[u8]) -> Vec<Vec<u8>> {
    const BEGIN: &str = "-----BEGIN PGP ";
    let Ok(text) = std::str::from_utf8(bytes) else {
        return Vec::new();
    };
    let mut starts: Vec<usize> = text.match_indices(BEGIN).map(|(at, _)| at).collect();
    starts.push(text.len());
    let blocks = starts.windows(2).filter_map(|bounds| match bounds {
        [start, end] => dearmor(text.get(*start..*end)?),
        _ => None,
    });
    blocks.collect()
}

fn dearmor(block: &str) -> Option<Vec<u8>> {
    let mut reader = Dearmor::new(block.as_bytes());
    let mut content = Vec::new();
    std::io::Read::read_to_end(&mut reader, &mut content).ok()?;
    let is_key = matches!(
        reader.typ,
        Some(BlockType::PublicKey | BlockType::PrivateKey)
    );
    is_key.then_some(content)
}

/// The signatures in `bytes`, armored or binary, that come before any key.
pub(super) fn signatures(bytes: &[u8]) -> Vec<Signature> {
    let leading = all_packets(bytes)
        .into_iter()
        .map_while(|packet| match packet {
            Packet::Signature(signature) => Some(signature),
            _ => None,
        });
    leading.collect()
}
