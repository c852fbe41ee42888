//! JSON codecs.
