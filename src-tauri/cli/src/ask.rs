//! Asks, and writes the answer as it comes.

use app::{App, DRAFT};
use ask::{Heard, Prompt};
use chat::{Chat, Follower, Of, Question};
use futures_util::StreamExt;
use history::{History, StoredConversation};
use protocol::{ChatEvent, ErrorCode, IpcError, Keep, KeySetParams, Language, TargetParams};
use tokio::{runtime::Handle, sync::mpsc};
use wire::Outcome;

use crate::{
    arguments::AskArguments,
    chosen::Chosen,
    failure::Failure,
    home::{self, Services},
    lines::Line,
    output::{self, Output},
    params,
    question::{self, Given},
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
    mut stop: Stop,
) -> Result<u8, Failure> {
    let keep = arguments.keep || arguments.go_on;
    if let (true, Some(error)) = (keep, &services.unkept) {
        return Err(error.clone().into());
    }
    // What is not to be kept is held by a history that ends with this process.
    let app = if keep {
        services.app.clone()
    } else {
        services.passing()?
    };
    let before = if arguments.go_on {
        Some(newest(&app.history).await?)
    } else {
        None
    };
    let chosen = choose(services, arguments.model, before.as_ref(), words)?;
    let about = chosen.provider.clone();
    let failure = |error| Failure::Error(error, Some(about.clone()));
    let key = match given.key {
        Some(key) => Some(
            for_now(&app, &chosen.provider, key)
                .await
                .map_err(failure)?,
        ),
        None => None,
    };
    let manifest = app.accounts.manifest(&chosen.provider)?;
    let base = match &before {
        Some(before) => before.params.clone(),
        None => {
            let facts = app.accounts.facts(&manifest, &chosen.model);
            facts.model.defaults.unwrap_or_default()
        }
    };
    let params = params::over(base, arguments.system, arguments.params);
    let draft = app.composer.draft(DRAFT);
    let target = draft.set_target(&TargetParams {
        provider: chosen.provider.clone(),
        model: chosen.model.clone(),
        detail: params.detail.clone(),
    })?;
    target.await;
    let ids = question::attach(&draft, given.pictures, words).await?;
    let ask = app.chat.ask();
    let target = ask.target(&ask.asked(&manifest, &chosen.model, &params));
    let parts = draft.parts(&ids, &target).await.map_err(failure)?;
    let question = Question {
        conversation: before.map(|before| before.id),
        text: given.text,
        parts,
        of: vec![Of {
            provider: chosen.provider,
            model: chosen.model,
        }],
        params,
    };
    let mut show = Show {
        output: Output::start(),
        words,
        json: arguments.json,
        reasoning: arguments.reasoning,
    };
    let (end, conversation) = if keep {
        let kept = kept(&app.chat, question, &mut show, &mut stop).await;
        kept.map_err(failure)?
    } else {
        let language = (services.speaks)();
        let passing = passing(&app, question, language, &mut show, &mut stop).await;
        (passing.map_err(failure)?, None)
    };
    let code = show.end(end, &about, conversation.as_deref()).await;
    if let Some(key) = key {
        app.accounts.remove_key(&key).await?;
    }
    Ok(code)
}

/// The conversation in which a message came last.
async fn newest(history: &History) -> Result<StoredConversation, Failure> {
    let (list, _) = history.read(|r| r.conversations(None, 1)).await?;
    let Some(newest) = list.into_iter().next() else {
        let message = "There is no conversation to go on with. Ask with --keep first.";
        return Err(IpcError::new(ErrorCode::NotFound, message).into());
    };
    Ok(history.read(move |r| r.conversation(&newest.id, 1)).await?)
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
async fn for_now(app: &App, provider: &str, key: String) -> Result<String, IpcError> {
    let params = KeySetParams {
        provider: provider.to_owned(),
        label: String::new(),
        key,
        keep: Keep::Session,
    };
    Ok(app.accounts.set_key(params).await?.id)
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
        ..
    } = question;
    let Of { provider, model } = of.into_iter().next().unwrap_or_default();
    let (ask, accounts) = (app.chat.ask(), &app.accounts);
    let account = accounts.account(&provider)?;
    let asked = ask.asked(&account.manifest, &model, &params);
    let prompt = Prompt::question(text, parts);
    let ready = ask.prepare(account, asked, &prompt).await?;
    let mut hearing = ask.send(ready, language);
    stop.asking();
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
    let sent = chat.send(question, vec![follower]).await?;
    stop.asking();
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
