//! The Cloud Library's vocabulary: references, wire models, the error envelope, image ids. No I/O.
