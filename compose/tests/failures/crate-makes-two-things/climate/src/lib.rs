//! A driver,
