//! The reference host (under construction).
