//! What a user does, step by step, in the page.
