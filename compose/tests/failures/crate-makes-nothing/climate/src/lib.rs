//! A plain library.
