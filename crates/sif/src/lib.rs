//! The SIF file format: read, inspect, write. No async, no network.
