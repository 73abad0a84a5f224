//! What is exported and imported is what it was.

use export::Assets;
use history::{History, NewTurn, StoredMessage, Turn, Whole};
use proptest::prelude::*;
use protocol::{
    Answer, AnswerNote, ChatParams, ErrorCode, IpcError, Link, MessageState, Role, Thinking, Usage,
};
use stores::Part;

use crate::support::{all, exported, imported, picture, video};

/// What a key is called, and its last characters: neither may ever be in an export.
const LABEL: &str = "label of the key";
const LAST4: &str = "9xYz";

/// Something that a person does.
#[derive(Debug, Clone)]
enum Does {
    Asks {
        new: bool,
        text: String,
        pictures: u8,
        of: u8,
    },
    Regenerates(usize),
    Edits(usize, String),
    GoesOn(usize),
    Shows(usize),
    Removes(usize),
    Forks(usize),
    Renames(usize, String),
}

fn does() -> impl Strategy<Value = Does> {
    let text = || "[\\PC\n\"\\\\<\u{2028}]{0,12}";
    prop_oneof![
        4 => (any::<bool>(), text(), 0..4_u8, 1..3_u8)
            .prop_map(|(new, text, pictures, of)| Does::Asks { new, text, pictures, of }),
        2 => any::<usize>().prop_map(Does::Regenerates),
        2 => (any::<usize>(), text()).prop_map(|(at, text)| Does::Edits(at, text)),
        1 => any::<usize>().prop_map(Does::GoesOn),
        2 => any::<usize>().prop_map(Does::Shows),
        1 => any::<usize>().prop_map(Does::Removes),
        1 => any::<usize>().prop_map(Does::Forks),
        1 => (any::<usize>(), text()).prop_map(|(at, text)| Does::Renames(at, text)),
    ]
}

/// An answer of which all is known, in each way that it can end.
fn end(history: &History, message: &StoredMessage, at: usize) {
    let number = u32::try_from(at).unwrap();
    let error = IpcError::new(ErrorCode::RateLimit, "Too many \"requests\"\n").arg("host", "h");
    let answer = Answer {
        answered_by: Some("model-0613".into()),
        key_label: Some(LABEL.into()),
        key_last4: Some(LAST4.into()),
        finish_reason: at.is_multiple_of(2).then(|| "stop".into()),
        usage: (!at.is_multiple_of(3)).then(|| Usage {
            prompt_tokens: Some(number),
            total_tokens: Some(7),
            ..Usage::default()
        }),
        first_token_ms: Some(number),
        total_ms: Some(1234),
        request_id: Some(format!("req-{at}")),
        notes: vec![
            AnswerNote::OtherKey {
                error: Box::new(error.clone()),
                label: LABEL.into(),
                last4: LAST4.into(),
            },
            AnswerNote::PiecesUnread { count: 2 },
        ],
        ..message.answer.clone().unwrap()
    };
    let state = [
        MessageState::Complete,
        MessageState::Cut,
        MessageState::Failed,
        MessageState::Stopped,
        MessageState::Interrupted,
    ][at % 5];
    let (id, text) = (message.id.clone(), format!("{}*answer* {at}", message.text));
    history
        .write(move |w| {
            let error = (state == MessageState::Failed).then_some(&error);
            w.close(&id, state, &text, "thought", &answer, error)
        })
        .wait()
        .unwrap();
}

fn asked() -> Answer {
    Answer {
        provider: "p".into(),
        provider_name: "Provider".into(),
        model: "m".into(),
        key_label: Some(LABEL.into()),
        key_last4: Some(LAST4.into()),
        ..Answer::default()
    }
}

fn parts(history: &History, pictures: u8) -> Vec<Part> {
    let link = |video| Link {
        url: "https://example.org/a/b.png?x".into(),
        host: "example.org".into(),
        video,
        refused: false,
    };
    match pictures {
        0 => vec![],
        1 => vec![Part::Picture(picture(history, 2))],
        2 => {
            let mut fetched = picture(history, 4);
            fetched.name = "b.png".into();
            let (link, picture) = (link(false), Some(fetched));
            vec![Part::Link { link, picture }, Part::Video(video(history))]
        }
        _ => {
            let (link, picture) = (link(true), None);
            let mut refused = crate::support::picture(history, 6);
            refused.refused = true;
            vec![Part::Picture(refused), Part::Link { link, picture }]
        }
    }
}

fn new_turn(history: &History, text: &str, pictures: u8, of: u8) -> NewTurn {
    NewTurn {
        conversation: None,
        text: text.into(),
        parts: parts(history, pictures),
        answers: vec![asked(); of.into()],
        params: ChatParams {
            system: Some("Be brief".into()),
            temperature: Some(0.1 + f64::from(pictures)),
            thinking: Some(Thinking::Auto),
            stop: vec!["\n".into()],
            ..ChatParams::default()
        },
    }
}

/// Does all of it, on an empty history.
fn lived(all_done: &[Does]) -> History {
    let history = History::in_memory().unwrap();
    for (at, one) in all_done.iter().enumerate() {
        let there: Vec<Whole> = all(&history);
        let of_role = |role: Option<Role>, at: usize| {
            let messages = there.iter().flat_map(|one| &one.messages);
            let found: Vec<_> = messages
                .map(|one| &one.message)
                .filter(|one| role.is_none_or(|role| one.role == role))
                .collect();
            (!found.is_empty()).then(|| found[at % found.len()].id.clone())
        };
        let turn: Option<Turn> = match one.clone() {
            Does::Asks {
                new,
                text,
                pictures,
                of,
            } => {
                let mut turn = new_turn(&history, &text, pictures, of);
                turn.conversation = there.last().filter(|_| !new).map(|one| one.id.clone());
                let begun = history.write(move |w| {
                    let turn = w.begin_turn(turn)?;
                    if pictures == 1 {
                        w.set_alone(&turn.user.id)?;
                    }
                    Ok(turn)
                });
                Some(begun.wait().unwrap())
            }
            Does::Regenerates(which) => of_role(Some(Role::Assistant), which).map(|id| {
                let params = ChatParams::default();
                let begun = history.write(move |w| w.begin_retry(&id, asked(), &params));
                begun.wait().unwrap()
            }),
            Does::Edits(which, text) => of_role(Some(Role::User), which).map(|id| {
                let turn = new_turn(&history, &text, 1, 1);
                history
                    .write(move |w| w.begin_beside(&id, turn))
                    .wait()
                    .unwrap()
            }),
            Does::GoesOn(which) => of_role(Some(Role::Assistant), which).map(|id| {
                let params = ChatParams::default();
                let begun = history.write(move |w| w.begin_going_on(&id, asked(), &params));
                begun.wait().unwrap().0
            }),
            Does::Shows(which) => {
                if let Some(id) = of_role(None, which) {
                    history.write(move |w| w.show(&id)).wait().unwrap();
                }
                None
            }
            Does::Removes(which) => {
                if let Some(id) = of_role(None, which) {
                    history
                        .write(move |w| w.remove_message(&id))
                        .wait()
                        .unwrap();
                }
                None
            }
            Does::Forks(which) => {
                if let Some(id) = of_role(None, which) {
                    history.write(move |w| w.fork(&id)).wait().unwrap();
                }
                None
            }
            Does::Renames(which, own) => {
                if !there.is_empty() {
                    let id = there[which % there.len()].id.clone();
                    history.write(move |w| w.rename(&id, &own)).wait().unwrap();
                }
                None
            }
        };
        for (number, answer) in turn.iter().flat_map(|turn| &turn.answers).enumerate() {
            end(&history, answer, at + number);
        }
    }
    history
}

/// As it is when it has been out: nothing of keys.
fn without_keys(mut whole: Whole) -> Whole {
    for answer in whole
        .messages
        .iter_mut()
        .filter_map(|one| one.message.answer.as_mut())
    {
        answer.key_label = None;
        answer.key_last4 = None;
        for note in &mut answer.notes {
            if let AnswerNote::OtherKey { label, last4, .. } = note {
                label.clear();
                last4.clear();
            }
        }
    }
    whole
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn what_comes_back_is_what_went_out(done in prop::collection::vec(does(), 1..24)) {
        let from = lived(&done);
        let out = exported(&from, &Assets::Embed);
        prop_assert!(!out.contains(LABEL) && !out.contains(LAST4));
        let expected: Vec<Whole> = all(&from).into_iter().map(without_keys).collect();

        let to = History::in_memory().unwrap();
        let (first, broken) = imported(&to, &out, None).unwrap();
        prop_assert_eq!(broken, vec![]);
        let count = u64::try_from(expected.len()).unwrap();
        prop_assert_eq!((first.conversations, first.known, first.without), (count, 0, 0));
        prop_assert_eq!(all(&to), expected.clone());
        // In each conversation the same is shown, in the list and in its branch.
        for one in &expected {
            let seen = |history: &History| {
                let id = one.id.clone();
                let shown = history.read(move |r| r.conversation(&id, usize::MAX)).wait();
                let shown = shown.unwrap();
                let ids = |one: &StoredMessage| (one.id.clone(), one.versions.clone());
                (shown.title, shown.params, shown.messages.iter().map(ids).collect::<Vec<_>>())
            };
            prop_assert_eq!(seen(&to), seen(&from));
        }

        let (again, broken) = imported(&to, &out, None).unwrap();
        prop_assert_eq!(broken, vec![]);
        prop_assert_eq!((again.conversations, again.known), (0, count));
        prop_assert_eq!(all(&to), expected);
        // What was made of it once more is the same.
        prop_assert_eq!(exported(&to, &Assets::Embed), out);
    }
}

#[test]
fn pictures_and_videos_come_back_and_go_with_their_conversation() {
    let from = lived(&[Does::Asks {
        new: true,
        text: "look".into(),
        pictures: 2,
        of: 1,
    }]);
    let out = exported(&from, &Assets::Embed);
    let to = History::in_memory().unwrap();
    imported(&to, &out, None).unwrap();
    let hashes: Vec<String> = all(&to)[0].messages[0]
        .message
        .parts
        .iter()
        .flat_map(Part::hashes)
        .map(str::to_owned)
        .collect();
    assert_eq!(hashes.len(), 3);
    let held = |hash: &String| {
        let hash = hash.clone();
        to.read(move |r| r.held(&hash)).wait().unwrap()
    };
    for hash in &hashes {
        assert_eq!(drawing::hash(&held(hash).unwrap().bytes), *hash);
    }
    let id = all(&to)[0].id.clone();
    to.write(move |w| {
        w.remove(std::slice::from_ref(&id))?;
        w.erase(&id)
    })
    .wait()
    .unwrap();
    for hash in &hashes {
        assert_eq!(held(hash), None, "nothing else held it");
    }
}
