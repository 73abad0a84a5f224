//! Asks a provider: with one key after the other, and once more with smaller
//! pictures. Nothing is ever asked again once a word of the answer has come.

use std::pin::Pin;

use futures_util::Stream;
use history::{History, KeyRow};
use images::Limits;
use protocol::{AnswerNote, ErrorCode, IpcError, Language};
use wire::{Body, Event, Retry};

use crate::{Accounts, accounts::Account, blocking::blocking, demo, draft::Draft};

/// What [`blocking`] calls it.
const WORK: &str = "Putting the request together";

/// The events of an answer; dropping it cancels the request.
pub(crate) type Events = Pin<Box<dyn Stream<Item = Result<Event, wire::Error>> + Send>>;

/// What is asked, and of whom.
pub(crate) struct Question {
    /// What goes along.
    pub draft: Draft,
    /// The provider and its keys.
    pub account: Account,
    /// Who knows the way to it.
    pub accounts: Accounts,
    /// What a picture that is fetched or made smaller has to fit.
    pub limits: Limits,
    /// The provider is Demo, which needs no network, and speaks this language.
    pub demo: Option<Language>,
}

/// A question that is being asked.
pub(crate) struct Asking {
    history: History,
    question: Question,
    body: Body,
    /// Which key is tried.
    key: usize,
    /// Its pictures were made smaller already.
    smaller: bool,
}

impl Asking {
    /// Fetches what has to be embedded, and builds the body.
    ///
    /// # Errors
    /// [`ErrorCode::LinkNotRead`], [`ErrorCode::Storage`],
    /// [`ErrorCode::AttachmentNotReady`].
    pub async fn begin(history: History, mut question: Question) -> Result<Self, IpcError> {
        let accounts = question.accounts.clone();
        question
            .draft
            .fetch(&accounts, &history, &question.limits)
            .await?;
        let kept = history.clone();
        let (question, body) = blocking(WORK, move || {
            let body = question.draft.body(&kept)?;
            Ok((question, body))
        })
        .await?;
        Ok(Self {
            history,
            question,
            body,
            key: 0,
            smaller: false,
        })
    }

    /// What should be known of the request.
    pub fn notes(&self) -> &[AnswerNote] {
        &self.question.draft.notes
    }

    /// The key that is tried, if any.
    pub fn key(&self) -> Option<&KeyRow> {
        self.question.account.keys.get(self.key)
    }

    /// Sends the request with the key that is tried.
    ///
    /// # Errors
    /// The keyring's, and what keeps the provider from being asked at all.
    pub async fn open(&self) -> Result<Events, IpcError> {
        let Question {
            accounts,
            account,
            demo,
            ..
        } = &self.question;
        if let Some(language) = demo {
            let answer = demo::stream(self.body.bytes(), *language);
            return Ok(Box::pin(wire::decode(demo::response(), answer)));
        }
        let endpoint = accounts.endpoint(&account.manifest, self.key()).await?;
        let retry = Retry {
            // Waiting makes no sense where another key can answer at once.
            rate_limits: !(account.share_rate_limit && self.has_another_key()),
            ..Retry::default()
        };
        Ok(accounts.client().chat(&endpoint, self.body.clone(), retry))
    }

    /// The provider answered: its key is good.
    pub fn opened(&self) {
        if let Some(key) = self.key() {
            self.question.accounts.used(&key.id);
        }
    }

    /// What to try after this error, with what should be known of it. Only to be
    /// called when no word of an answer has come.
    ///
    /// # Errors
    /// The error itself, when there is nothing to try.
    pub async fn next(&mut self, error: IpcError) -> Result<AnswerNote, IpcError> {
        if self.takes_over(error.code) {
            return self.other_key(error);
        }
        if error.code == ErrorCode::TooLarge && !self.smaller {
            return self.make_smaller(error).await;
        }
        Err(error)
    }

    fn has_another_key(&self) -> bool {
        self.key + 1 < self.question.account.keys.len()
    }

    fn takes_over(&self, code: ErrorCode) -> bool {
        let of_the_key = match code {
            // 401; 402, and 403 or 429 for want of money; gone from the keyring.
            ErrorCode::KeyRefused | ErrorCode::NoBalance | ErrorCode::KeyNotFound => true,
            ErrorCode::RateLimit => self.question.account.share_rate_limit,
            _ => false,
        };
        of_the_key && self.has_another_key()
    }

    fn other_key(&mut self, error: IpcError) -> Result<AnswerNote, IpcError> {
        if let Some(given_up) = self.key() {
            self.question.accounts.rest(&given_up.id, &error);
        }
        self.key += 1;
        match self.key() {
            Some(key) => Ok(AnswerNote::OtherKey {
                error: Box::new(error),
                label: key.label.clone(),
                last4: key.last4.clone(),
            }),
            None => Err(error),
        }
    }

    async fn make_smaller(&mut self, error: IpcError) -> Result<AnswerNote, IpcError> {
        self.smaller = true;
        let told = error.args.get("limit").and_then(|limit| limit.parse().ok());
        let known = told.or(self.question.draft.asked.limits.body_bytes);
        let limits = self.question.limits.clone();
        let history = self.history.clone();
        let before = self.body.len();
        let mut draft = self.question.draft.take();
        let made = blocking(WORK, move || {
            let count = draft.smaller(&history, &limits, known)?;
            let body = draft.body(&history)?;
            Ok((draft, count, body))
        })
        .await;
        let (draft, count, body) = made?;
        self.question.draft = draft;
        if count == 0 || body.len() >= before {
            return Err(error);
        }
        self.body = body;
        Ok(AnswerNote::SmallerPictures {
            count,
            bytes: self.body.len() as u64,
        })
    }

    /// Keeps what an error teaches, and gives it as it is shown.
    pub async fn learn(self, error: IpcError) -> IpcError {
        let Question {
            draft, accounts, ..
        } = &self.question;
        draft.learn(&self.history, accounts, error).await
    }

    /// Keeps what an answer teaches.
    pub async fn went_through(self) {
        let Question {
            draft, accounts, ..
        } = &self.question;
        draft.went_through(&self.history, accounts).await;
    }
}
