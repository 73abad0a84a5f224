/// What a step gives, or why the bench ends.
pub type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;
