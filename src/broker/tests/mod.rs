//! A broker by itself, rule by rule, and three of them in a loop.
