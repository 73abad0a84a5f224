/// A model as a server lists it. `None` means that it does not say.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ModelRow {
    /// The id to send.
    pub id: String,
    /// Its name, where it differs from the id.
    pub name: Option<String>,
    /// Takes pictures.
    pub image: Option<bool>,
    /// Takes videos.
    pub video: Option<bool>,
    /// Thinks before it answers.
    pub reasoning: Option<bool>,
    /// Tokens it holds, question and answer together.
    pub context: Option<u64>,
    /// Tokens an answer may have.
    pub output: Option<u64>,
    /// US dollars for a million tokens of the question.
    pub price_in: Option<f64>,
    /// US dollars for a million tokens of the answer.
    pub price_out: Option<f64>,
    /// False when the server says it is for something other than chat.
    pub chat: bool,
}

impl ModelRow {
    /// Takes over what only `other` knows.
    pub fn take_over(&mut self, other: &Self) {
        self.image = self.image.or(other.image);
        self.video = self.video.or(other.video);
        self.reasoning = self.reasoning.or(other.reasoning);
        self.context = self.context.or(other.context);
        self.output = self.output.or(other.output);
        self.chat &= other.chat;
    }
}
