//! Who vouches for a component: signatures, a policy of whom to believe, and what
//! it is made of and from.
#![forbid(unsafe_code)]
