//! Settings that every connection has.

use std::net::TcpStream;

/// Bytes that are read at once: many heads, or the most of a large transfer.
pub(super) const BUFFER: usize = 64 << 10;

/// Messages go at once, and a peer whose machine died is found out: after a
/// minute without a word it is asked, every ten seconds, six times.
pub(super) fn prepare(stream: &TcpStream) {
    let _ = stream.set_nodelay(true);
    #[cfg(target_os = "linux")]
    {
        use nix::sys::socket::{setsockopt, sockopt};
        use std::os::fd::AsRawFd;
        let fd = stream.as_raw_fd();
        let _ = setsockopt(fd, sockopt::KeepAlive, &true);
        let _ = setsockopt(fd, sockopt::TcpKeepIdle, &60);
        let _ = setsockopt(fd, sockopt::TcpKeepInterval, &10);
        let _ = setsockopt(fd, sockopt::TcpKeepCount, &6);
    }
}
