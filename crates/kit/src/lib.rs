//! The catalogue of cases for MPPs and of faults for callers, and what runs it.
