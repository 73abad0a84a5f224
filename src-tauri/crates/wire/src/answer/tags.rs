//! What some models write into the text that is none: tags around thoughts, and
//! control tokens of their chat templates that a server let through.

use std::sync::Arc;

use crate::error::Rows;

/// A way in which thoughts stand in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pair {
    pub open: &'static str,
    pub close: &'static str,
}

const fn pair(open: &'static str, close: &'static str) -> Pair {
    Pair { open, close }
}

/// The pairs that are known of any model. They count where they lead the answer. What is
/// a word of people as well, such as `<thinking>`, is not among them: a provider adds it
/// where its models mean thoughts by it.
pub(super) const THOUGHTS: &[Pair] = &[
    // DeepSeek R1, Qwen, GLM, MiniMax M2 and most others.
    pair("<think>", "</think>"),
    // Gemini with `include_thoughts`, EXAONE: Chevey339/kelivo#450, NousResearch/hermes-agent#8991.
    pair("<thought>", "</thought>"),
    // ByteDance Seed-OSS: vllm-project/vllm, `seedoss_reasoning_parser.py`.
    pair("<seed:think>", "</seed:think>"),
    // MiniMax M3: getkimchi/kimchi#598, isaiah-harville/Primer#109.
    pair("<mm:think>", "</mm:think>"),
    // LongCat: meituan-longcat, chat template.
    pair("<longcat_think>", "</longcat_think>"),
    // Magistral: docs.mistral.ai/capabilities/reasoning.
    pair("[THINK]", "[/THINK]"),
    // Kimi-VL Thinking, Kimi-Dev: three tokens each, so no parser of a server sees them.
    pair("◁think▷", "◁/think▷"),
    // Gemma 4: lmstudio-ai/lmstudio-bug-tracker#2013, laurent22/joplin#16595.
    pair("<|channel>thought", "<channel|>"),
    // MedGemma: google/medgemma, model card.
    pair("<unused94>thought", "<unused95>"),
    // Command A Reasoning: docs.cohere.com/docs/reasoning.
    pair("<|START_THINKING|>", "<|END_THINKING|>"),
    // gpt-oss, the harmony format: kekzl/imp#768, ml-explore/mlx-lm#1867.
    pair("<|channel|>analysis<|message|>", "<|end|>"),
    pair("<|channel|>commentary<|message|>", "<|end|>"),
    pair(
        "<|start|>assistant<|channel|>analysis<|message|>",
        "<|end|>",
    ),
    pair(
        "<|start|>assistant<|channel|>commentary<|message|>",
        "<|end|>",
    ),
];

/// What stands between thoughts and answer, or before it, and is dropped there.
pub(super) const HEADS: &[&str] = &[
    // gpt-oss.
    "<|start|>assistant<|channel|>final<|message|>",
    "<|channel|>final<|message|>",
    "<|start|>assistant<|message|>",
    // Gemma 4.
    "<|channel>final",
    // Command A Reasoning.
    "<|START_RESPONSE|>",
    // The head of a turn, where a server gives it out with the answer: ChatML, Llama 3.
    "<|im_start|>assistant",
    "<|start_header_id|>assistant<|end_header_id|>",
];

/// Where GLM marks what it was asked for: zai-org/GLM-V#79,
/// langgenius/dify-official-plugins#1525.
pub(super) const BOX: Pair = pair("<|begin_of_box|>", "<|end_of_box|>");

/// Tokens that end a turn. Dropped at the end of an answer, and nowhere else.
pub(super) const ENDS: &[&str] = &[
    // ChatML: Qwen and others.
    "<|im_end|>",
    // GPT-2's, Qwen's and GLM's.
    "<|endoftext|>",
    // Llama 3: pytorch/torchchat#459.
    "<|eot_id|>",
    "<|eom_id|>",
    "<|end_of_text|>",
    // Llama 4.
    "<|eot|>",
    // Llama 2, Mistral.
    "</s>",
    // Gemma to 3, Gemma 4.
    "<end_of_turn>",
    "<turn|>",
    "<eos>",
    // DeepSeek; deepseek-ai/DeepSeek-Coder#136.
    "<｜end▁of▁sentence｜>",
    "<|EOT|>",
    // gpt-oss, Phi.
    "<|return|>",
    "<|end|>",
    // OpenChat: imoneoi/openchat#104.
    "<|end_of_turn|>",
    // Cohere.
    "<|END_RESPONSE|>",
    "<|END_OF_TURN_TOKEN|>",
    // GLM, whose turn ends where another's begins.
    "<|user|>",
    "<|observation|>",
    // Kimi.
    "[EOS]",
    // MiniMax.
    "[e~[",
];

/// The pairs that hold for a provider: its own before those of any model.
#[derive(Debug, Clone, Default)]
pub(super) struct Thoughts(pub Arc<Rows>);

impl Thoughts {
    /// Each pair: what opens it, and what closes it.
    fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        let own = self.0.thoughts.iter();
        let own = own.map(|tags| (tags.open.as_str(), tags.close.as_str()));
        // What is empty stands everywhere.
        let own = own.filter(|(open, close)| !open.is_empty() && !close.is_empty());
        own.chain(THOUGHTS.iter().map(|pair| (pair.open, pair.close)))
    }

    /// What opens each pair.
    pub fn opens(&self) -> impl Iterator<Item = &str> {
        self.pairs().map(|(open, _)| open)
    }

    /// Which pair opens `text`, and what stands behind that.
    pub fn opened<'a>(&self, text: &'a str) -> Option<(usize, &'a str)> {
        let rest = |(at, open)| Some((at, text.strip_prefix(open)?));
        self.opens().enumerate().find_map(rest)
    }

    /// What closes a pair.
    pub fn close(&self, pair: usize) -> &str {
        self.pairs().nth(pair).map_or("", |(_, close)| close)
    }

    /// What stands behind a lone closing tag that `text` begins with.
    pub fn closed<'a>(&self, text: &'a str) -> Option<&'a str> {
        self.lone_closes()
            .find_map(|close| text.strip_prefix(close))
    }

    /// Closing tags that tell of thoughts without their opening one: those that end no
    /// turn.
    pub fn lone_closes(&self) -> impl Iterator<Item = &str> {
        let closes = self.pairs().map(|(_, close)| close);
        closes.filter(|close| !ENDS.contains(close))
    }
}

/// The opening of a tag that `</s>` closes in HTML.
pub(super) const STRUCK: &str = "<s>";
