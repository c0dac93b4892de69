//! From a composed pipeline to a signed artifact in a registry, and back.
#![forbid(unsafe_code)]
