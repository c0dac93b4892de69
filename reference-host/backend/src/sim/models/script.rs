//! Something that answers what it is asked, such as a modem.

use std::collections::VecDeque;

use serde::Deserialize;

use super::bytes::Bytes;
use crate::sim::{ConfigError, Model, SerialTarget, Site};

/// What a board file may say about it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Options {
    /// What it answers to what.
    pub replies: Vec<Reply>,
}

/// One answer.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Reply {
    /// When it has received this: a text, or a list of bytes.
    pub to: Bytes,
    /// It sends this.
    pub with: Bytes,
    /// So many µs later.
    #[serde(default)]
    pub after_us: u64,
}

/// Answers byte sequences with others.
///
/// After each byte it receives it looks whether the last ones are what one of
/// the replies is to, the first that is in the list; then it forgets them. What
/// it sends arrives in the order in which it was asked.
#[derive(Clone, Debug)]
pub struct Script {
    replies: Vec<Reply>,
    longest: usize,
    heard: VecDeque<u8>,
    /// What it will send: when, and which reply.
    sends: VecDeque<(u64, usize)>,
}

/// The most answers that wait to be sent. What is asked beyond is not answered.
const MOST_WAITING: usize = 1024;

impl Script {
    /// A script.
    ///
    /// # Errors
    /// A reply to nothing.
    pub fn new(options: &Options) -> Result<Self, ConfigError> {
        if options.replies.iter().any(|reply| reply.to.as_bytes().is_empty()) {
            return Err(ConfigError::Invalid("a reply is to at least one byte".to_owned()));
        }
        let longest = options.replies.iter().map(|reply| reply.to.as_bytes().len()).max();
        Ok(Self {
            replies: options.replies.clone(),
            longest: longest.unwrap_or(0),
            heard: VecDeque::new(),
            sends: VecDeque::new(),
        })
    }
}

impl Model<dyn SerialTarget> for Script {
    type Options = Options;
    const NAME: &'static str = "script";

    fn build(options: &Options, _: &Site) -> Result<Box<dyn SerialTarget>, ConfigError> {
        Ok(Box::new(Self::new(options)?))
    }
}

impl SerialTarget for Script {
    fn receive(&mut self, bytes: &[u8], now_ns: u64) {
        for byte in bytes {
            self.heard.push_back(*byte);
            if self.heard.len() > self.longest {
                self.heard.pop_front();
            }
            let heard = |reply: &Reply| {
                let to = reply.to.as_bytes();
                self.heard.len() >= to.len()
                    && self.heard.iter().rev().zip(to.iter().rev()).all(|(a, b)| a == b)
            };
            let Some(place) = self.replies.iter().position(heard) else { continue };
            self.heard.clear();
            if self.sends.len() < MOST_WAITING {
                let after_ns = self.replies[place].after_us.saturating_mul(1_000);
                let not_before = self.sends.back().map_or(0, |(at_ns, _)| *at_ns);
                let at_ns = now_ns.saturating_add(after_ns).max(not_before);
                self.sends.push_back((at_ns, place));
            }
        }
    }

    fn send(&mut self, into: &mut Vec<u8>, now_ns: u64) {
        while let Some((at_ns, place)) = self.sends.front().copied()
            && at_ns <= now_ns
        {
            self.sends.pop_front();
            into.extend_from_slice(self.replies[place].with.as_bytes());
        }
    }

    fn next_ns(&self) -> Option<u64> {
        self.sends.front().map(|(at_ns, _)| *at_ns)
    }
}
