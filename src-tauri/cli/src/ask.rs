//! Asks, and writes the answer as it comes.

use accounts::Accounts;
use app::{App, DRAFT};
use ask::{Heard, Prompt};
use chat::{Chat, Follower, Of, Question};
use futures_util::StreamExt;
use history::{History, StoredConversation};
use protocol::{
    ChatEvent, ChatParams, ErrorCode, IpcError, Keep, KeySetParams, Language, Preset, TargetParams,
};
use stores::Part;
use tokio::{runtime::Handle, sync::mpsc};
use wire::Outcome;

use crate::{
    arguments::AskArguments,
    chosen::Chosen,
    failure::Failure,
    home::{self, Services},
    lines::Line,
    output::{self, Output},
    params, presets,
    question::{self, Given, Source},
    show::{End, Show},
    stop::Stop,
    words::Words,
};

/// Asks a question; the code to exit with.
pub async fn ask(arguments: AskArguments, runtime: Handle, words: &Words) -> Result<u8, Failure> {
    // Until it is asked, Ctrl+C ends the process as ever.
    let given = Given::read(&arguments)?;
    let json = arguments.json;
    let done = asked(arguments, given, runtime, words).await;
    if let (Err(Failure::Error(error, _)), true) = (&done, json) {
        let line = Line::Error {
            error,
            conversation: None,
        };
        output::print(line.json().as_bytes());
    }
    done
}

async fn asked(
    arguments: AskArguments,
    given: Given,
    runtime: Handle,
    words: &Words,
) -> Result<u8, Failure> {
    let services = home::open(runtime, words)?;
    let mut stop = Stop::listen();
    let asking = ask_there(&services, arguments, given, words, stop.clone());
    let done = tokio::select! {
        biased;
        done = asking => done,
        // Before anything is asked: there is nothing to keep.
        code = stop.unasked() => Ok(code),
    };
    let closed = services.close().await;
    let code = done?;
    closed?;
    Ok(code)
}

async fn ask_there(
    services: &Services,
    arguments: AskArguments,
    given: Given,
    words: &Words,
    stop: Stop,
) -> Result<u8, Failure> {
    let keep = arguments.keep || arguments.go_on;
    if let (true, Some(error)) = (keep, &services.unkept) {
        return Err(error.clone().into());
    }
    // What is not to be kept is held by a history that ends with this process; where
    // nothing is to be held, it need not be made.
    let app = if keep || given.pictures.is_empty() {
        services.app.clone()
    } else {
        services.passing()?
    };
    let before = if arguments.go_on {
        Some(newest(&app.history).await?)
    } else {
        None
    };
    let preset = match &arguments.preset {
        Some(name) => Some(presets::named(&services.app.chat, name).await?),
        None => None,
    };
    let named = arguments.model.clone();
    let named = named.or_else(|| preset.as_ref().and_then(presets::model));
    let chosen = choose(services, named, before.as_ref(), words)?;
    let about = chosen.provider.clone();
    let accounts = app.accounts.clone();
    let asking = Asking {
        services,
        words,
        app,
        keep,
        before,
        preset,
        chosen,
    };
    let asked = async {
        let Some(key) = given.key.clone() else {
            return asking.ask(arguments, given, stop).await;
        };
        let key = for_now(&accounts, &about, key).await?;
        let asked = asking.ask(arguments, given, stop).await;
        accounts.remove_key(&key).await?;
        asked
    };
    asked.await.map_err(|failure| failure.about(&about))
}

/// A question for which all is known but what stands in it.
struct Asking<'a> {
    services: &'a Services,
    words: &'a Words,
    app: App,
    keep: bool,
    before: Option<StoredConversation>,
    preset: Option<Preset>,
    chosen: Chosen,
}

impl Asking<'_> {
    async fn ask(
        self,
        arguments: AskArguments,
        given: Given,
        mut stop: Stop,
    ) -> Result<u8, Failure> {
        let (app, words) = (&self.app, self.words);
        let about = self.chosen.provider.clone();
        let base = match (&self.before, &self.preset) {
            (Some(before), _) => before.params.clone(),
            (None, Some(preset)) => preset.params.clone(),
            (None, None) => self.defaults()?,
        };
        let params = params::over(base, arguments.system, arguments.params);
        let parts = self.parts(given.pictures, &params).await?;
        let question = Question {
            conversation: self.before.map(|before| before.id),
            text: given.text,
            parts,
            of: vec![Of {
                provider: self.chosen.provider,
                model: self.chosen.model,
            }],
            params,
            preset: self.preset.map(|preset| preset.name),
            ..Question::default()
        };
        let mut show = Show {
            output: Output::start(),
            words,
            json: arguments.json,
            reasoning: arguments.reasoning,
            keep: self.keep,
        };
        let (end, conversation) = if self.keep {
            kept(&app.chat, question, &mut show, &mut stop).await?
        } else {
            let language = (self.services.speaks)();
            let end = passing(app, question, language, &mut show, &mut stop).await?;
            (end, None)
        };
        Ok(show.end(end, &about, conversation.as_deref()).await)
    }

    /// Parameters of a new conversation with the model.
    fn defaults(&self) -> Result<ChatParams, IpcError> {
        let Chosen { provider, model } = &self.chosen;
        let accounts = &self.app.accounts;
        let manifest = accounts.manifest(provider)?;
        let facts = accounts.facts(&manifest, model);
        Ok(facts.model.defaults.unwrap_or_default())
    }

    /// What goes along, fitted to the model.
    async fn parts(
        &self,
        pictures: Vec<Source>,
        params: &ChatParams,
    ) -> Result<Vec<Part>, IpcError> {
        if pictures.is_empty() {
            return Ok(Vec::new());
        }
        let Chosen { provider, model } = &self.chosen;
        let draft = self.app.composer.draft(DRAFT);
        let fitted = draft.set_target(&TargetParams {
            provider: provider.clone(),
            model: model.clone(),
            detail: params.detail.clone(),
        })?;
        fitted.await;
        let ids = question::attach(&draft, pictures, self.words).await?;
        let (ask, manifest) = (self.app.chat.ask(), self.app.accounts.manifest(provider)?);
        let target = ask.target(&ask.asked(&manifest, model, params));
        draft.parts(&ids, &target).await
    }
}

/// The conversation in which a message came last.
async fn newest(history: &History) -> Result<StoredConversation, Failure> {
    let Some(newest) = history.read(|r| r.newest()).await? else {
        let message = "There is no conversation to go on with. Ask with --keep first.";
        return Err(IpcError::new(ErrorCode::NotFound, message).into());
    };
    Ok(history.read(move |r| r.conversation(&newest, 1)).await?)
}

/// Whom to ask: the one that was named, that was asked last in the conversation, that
/// is set, or Demo.
fn choose(
    services: &Services,
    named: Option<Chosen>,
    before: Option<&StoredConversation>,
    words: &Words,
) -> Result<Chosen, Failure> {
    if let Some(named) = named {
        return Ok(named);
    }
    let of = |(provider, model): (String, String)| Chosen { provider, model };
    if let Some(last) = before.and_then(|before| before.asked.clone()) {
        return Ok(of(last));
    }
    let settings = &services.settings;
    if let Some(set) = settings.provider.clone().zip(settings.model.clone()) {
        return Ok(of(set));
    }
    let demo = services.app.accounts.manifest(DEMO)?;
    output::say(words.either(
        "No model is chosen: Demo answers, from what can be measured in pictures. Choose one with --model; `dragoman-cli models` lists them.",
        "尚未选择模型：由“演示”根据可测量的内容作答。可用 --model 选择；dragoman-cli models 会列出模型。",
    ));
    let model = demo.models.first().map(|model| model.id.clone());
    Ok(of((DEMO.to_owned(), model.unwrap_or_default())))
}

/// The provider that needs neither key nor network.
const DEMO: &str = "demo";

/// Holds a key in the memory of this process; its id.
async fn for_now(accounts: &Accounts, provider: &str, key: String) -> Result<String, IpcError> {
    let params = KeySetParams {
        provider: provider.to_owned(),
        label: String::new(),
        key,
        keep: Keep::Session,
    };
    Ok(accounts.set_key(params).await?.id)
}

/// Asks without keeping anything but what asking teaches.
async fn passing(
    app: &App,
    question: Question,
    language: Language,
    show: &mut Show<'_>,
    stop: &mut Stop,
) -> Result<End, IpcError> {
    let Question {
        text,
        parts,
        of,
        params,
        preset,
        ..
    } = question;
    let Of { provider, model } = of.into_iter().next().unwrap_or_default();
    let (ask, accounts) = (app.chat.ask(), &app.accounts);
    let account = accounts.account(&provider)?;
    let filled = app.chat.filled(preset.as_deref(), &params, None).await?;
    let asked = ask.asked(&account.manifest, &model, &filled.params);
    let prompt = Prompt::question(text, parts);
    let ready = ask.prepare(account, asked, &prompt).await?;
    stop.asking();
    let mut hearing = ask.send(ready, language);
    loop {
        tokio::select! {
            biased;
            code = stop.asked() => return Ok(End::Stopped(code)),
            () = show.output.broken() => return Ok(End::Unread),
            heard = hearing.next() => match heard {
                Some(Ok(Heard::Lesson(ask::Lesson::Account(lesson)))) => accounts.learn(&lesson),
                Some(Ok(heard)) => if let Some(end) = show.take(&heard) {
                    return Ok(end);
                },
                Some(Err(error)) => return Ok(End::Failed(error)),
                None => return Ok(End::Answered {
                    reason: None,
                    outcome: Outcome::Unterminated,
                }),
            },
        }
    }
}

/// What comes of a turn that is kept.
enum Came {
    Heard(Heard),
    /// It is kept, with this error if any.
    Over(Option<IpcError>),
}

/// Asks in the history, as the window does; how it ended, and in which conversation.
async fn kept(
    chat: &Chat,
    question: Question,
    show: &mut Show<'_>,
    stop: &mut Stop,
) -> Result<(End, Option<String>), IpcError> {
    let (tell, mut came) = mpsc::unbounded_channel();
    let over = tell.clone();
    let sink = move |event| {
        let error = match event {
            ChatEvent::Finished { .. } => None,
            ChatEvent::Failed { error, .. } => Some(error),
            _ => return true,
        };
        over.send(Came::Over(error)).is_ok()
    };
    let ear = move |heard: &Result<Heard, IpcError>| {
        if let Ok(heard) = heard {
            let _ = tell.send(Came::Heard(heard.clone()));
        }
    };
    let follower = Follower {
        sink: Box::new(sink),
        ear: Some(Box::new(ear)),
    };
    // Before it runs: what is asked is to be stopped as such, and not left behind.
    stop.asking();
    let sent = chat.send(question, vec![follower]).await?;
    let mut ids = sent.answers.into_iter().map(|answer| answer.id);
    let answer = ids.next().unwrap_or_default();
    let mut end = None;
    let mut early = None;
    let failed = loop {
        tokio::select! {
            biased;
            code = stop.asked(), if early.is_none() => {
                chat.stop(&answer);
                early = Some(End::Stopped(code));
            }
            () = show.output.broken() => {
                chat.stop(&answer);
                early.get_or_insert(End::Unread);
            }
            next = came.recv() => match next {
                Some(Came::Heard(heard)) => end = show.take(&heard).or(end),
                Some(Came::Over(error)) => break error,
                None => break None,
            },
        }
    };
    let unterminated = || End::Answered {
        reason: None,
        outcome: Outcome::Unterminated,
    };
    let end = match failed {
        // That it is not kept is worth more than that it was stopped.
        Some(error) => End::Failed(error),
        None => end.or(early).unwrap_or_else(unterminated),
    };
    Ok((end, Some(sent.conversation)))
}
