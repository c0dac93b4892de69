//! Reading and writing an endpoint as a stream of bytes.

#[cfg(any(feature = "smol", feature = "tokio"))]
mod asynchronous;
mod read;
mod short;
mod write;

pub use read::EndpointRead;
pub use short::{EndpointReadUntilShortPacket, ExpectedShortPacket};
pub use write::EndpointWrite;

/// Whole packets, at least one.
fn whole_packets(bytes: usize, packet: usize) -> usize {
    let packet = packet.max(1);
    bytes.div_ceil(packet).max(1) * packet
}
